import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Answer } from '../../../src/main/core/gateway/answers.ts';
import {
  loginPage,
  logoutPage,
  unavailablePage,
  usedCodePage,
} from '../../../src/main/core/gateway/pages.ts';

const name = `<img src=x onerror=alert(1)>"'&`;
const pages: [string, Answer][] = [
  ['login', loginPage(name, '/lab?a=1&b="<', null)],
  ['wrong', loginPage(name, '/lab', 'wrong')],
  ['limited', loginPage(name, '/lab', 'limited', [], 42)],
  ['used', usedCodePage(name)],
  ['logout', logoutPage(name)],
  ['unavailable', unavailablePage(name, 'failed', '<script>alert(1)</script>', 5)],
];

test.each(pages)(
  '%s: escaped, labelled, without script, with the one style that its policy allows',
  (_title, answer) => {
    const { body, headers } = answer;
    expect(body).not.toMatch(/<script|<img|onerror=alert\(1\)>"|javascript:/i);
    expect(body).toContain('<html lang="en">');
    expect(body.match(/<h1>/g)).toHaveLength(1);
    expect(body).toMatch(/<title>[^<]+<\/title>/);
    expect(body).toContain('name="viewport"');
    const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = headers[headers.indexOf('Content-Security-Policy') + 1] ?? '';
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(body).not.toMatch(/style=|https?:\/\//);
  },
);

test('every input that a person fills in has a label, and a problem is tied to it', () => {
  const { body, status } = loginPage('thesis', '/', 'wrong');
  expect(status).toBe(401);
  expect(body).toMatch(
    /<label[^>]*>\s*Access token\s*<input[^>]*name="token"[^>]*aria-describedby="problem"/,
  );
  expect(body).toMatch(/<p class="note" role="alert" id="problem">/);
  expect(body).toMatch(/type="password"/);
});

test('every state says what is, why, and what to do; it looks again by itself', () => {
  const states = ['stopped', 'starting', 'ready', 'unhealthy', 'restarting', 'stopping', 'failed'] as const;
  for (const state of states) {
    const { status, body, headers } = unavailablePage('thesis', state, 'The reason.', 3);
    expect([status, headers[headers.indexOf('Retry-After') + 1]]).toEqual([503, '3']);
    expect(body).toContain('<p>The reason.</p>');
    expect(body).toMatch(/http-equiv="refresh" content="3"/);
    expect(body.match(/<p>/g)?.length).toBe(2);
  }
});
