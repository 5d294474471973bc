import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ChangeWait } from '../../../../src/main/core/gateway/change-wait.ts';
import { guestUnavailablePage } from '../../../../src/main/core/gateway/guest/pages/guest-state-pages.ts';
import type { Answer } from '../../../../src/main/core/gateway/http-answer.ts';
import {
  loginPage,
  logoutPage,
  unavailablePage,
  usedCodePage,
} from '../../../../src/main/core/gateway/owner/owner-pages.ts';

const name = `<img src=x onerror=alert(1)>"'&`;
const pages: [string, Answer][] = [
  ['login', loginPage(name, '/lab?a=1&b="<', null)],
  ['wrong', loginPage(name, '/lab', 'wrong')],
  ['limited', loginPage(name, '/lab', 'limited', [], 42)],
  ['used', usedCodePage(name)],
  ['logout', logoutPage(name)],
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

const change = new ChangeWait();

test('no page of ours loads itself again by itself: the port may be another account’s by then', () => {
  const reason = '<script>alert(1)</script>';
  const waiting = [
    unavailablePage(name, 'failed', reason, 5, change.mark),
    guestUnavailablePage(true, 2, change.mark),
    guestUnavailablePage(false, 2, change.mark),
  ];
  for (const { body, headers } of [...pages.map(([, answer]) => answer), ...waiting]) {
    expect(body).not.toMatch(/http-equiv/i);
    expect(headers.map(header => header.toLowerCase())).not.toContain('refresh');
  }
  for (const { body } of waiting) {
    expect(body).not.toMatch(/<script>alert|<img/);
    expect(body.match(/<script>/g)).toHaveLength(1);
    expect(body).toContain('if (text === `${proof} changed`) return location.reload();');
  }
});

test('a page that waits is answered with the word that stands in it, when something has changed', async () => {
  const proof = /data-proof="([^"]+)"/.exec(change.mark.html)?.[1];
  const answer = change.answer(false);
  change.changed();
  expect((await answer).body).toBe(`${proof} changed`);
  expect(new ChangeWait().mark.html).not.toContain(proof);
});

test('every state says what is, why, and what to do; it is told when there is something new', () => {
  const states = ['stopped', 'starting', 'ready', 'unhealthy', 'restarting', 'stopping', 'failed'] as const;
  for (const state of states) {
    const { status, body, headers } = unavailablePage('thesis', state, 'The reason.', 3, change.mark);
    expect([status, headers[headers.indexOf('Retry-After') + 1]]).toEqual([503, '3']);
    expect(body).toContain('<p>The reason.</p>');
    expect(body).toMatch(/data-proof="[\w-]{43}"/);
    expect(body.match(/<p>/g)?.length).toBe(2);
  }
});
