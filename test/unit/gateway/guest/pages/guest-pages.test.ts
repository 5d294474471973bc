import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Answer } from '../../../../../src/main/core/gateway/http-answer.ts';
import {
  joinPage,
  leftPage,
  outsidePage,
} from '../../../../../src/main/core/gateway/guest/pages/guest-pages.ts';

const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const pages: [string, number, () => Answer][] = [
  ['join', 200, joinPage],
  ['left', 200, leftPage],
  ['outside', 401, outsidePage],
];

test.each(pages)(
  '%s: the same text for everybody, with nothing but what its policy names',
  (_name, status, make) => {
    const { body, headers, status: shown } = make();
    expect(shown).toBe(status);
    // Made without anything that tells one link, server or owner from another.
    expect([make.length, make()]).toEqual([0, { body, headers, status }]);
    const policy = headers[headers.indexOf('Content-Security-Policy') + 1] ?? '';
    expect(policy).toContain(`style-src ${hash(/<style>([^]*?)<\/style>/.exec(body)?.[1])};`);
    expect(policy).toMatch(
      /^default-src 'none'; .*form-action 'none'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    const scripts = [...body.matchAll(/<script[^>]*>([^]*?)<\/script>/g)];
    expect(scripts.map(([, code]) => policy.includes(`script-src ${hash(code)};`))).toEqual(
      scripts.map(() => true),
    );
    expect([scripts.length, policy.includes('script-src')]).toEqual(
      make === joinPage ? [1, true] : [0, false],
    );
    expect(body).not.toMatch(/ style=| on[a-z]+=|https?:|<!--|\/\/[a-z]/i);
    expect(body).toContain('<html lang="en">');
    expect(body).toContain('name="viewport"');
    expect(body).toContain('<meta name="robots" content="noindex">');
  },
);

test('the page of a link asks for trusted types and speaks with this origin alone', () => {
  const { headers } = joinPage();
  const policy = headers[headers.indexOf('Content-Security-Policy') + 1];
  for (const part of ["connect-src 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'"])
    expect(policy).toContain(part);
});

test('without JavaScript it says why it needs it', () => {
  expect(/<noscript>([^]*)<\/noscript>/.exec(joinPage().body)?.[1]).toMatch(/JavaScript[^]*in\s+no log/);
});

test.each([401, 403, 404] as const)('outside can be told with %d, in the same words', status => {
  expect(outsidePage(status)).toEqual({ ...outsidePage(), status });
});
