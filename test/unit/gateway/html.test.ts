import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { escapeHtml, join, markup, nothing, page } from '../../../src/main/core/gateway/html.ts';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

test.each([
  ['<script>', '&#60;script&#62;'],
  [`"'&`, '&#34;&#39;&#38;'],
  ['&#60;', '&#38;#60;'],
  ['plain – ü', 'plain – ü'],
])('%s is escaped', (text, wanted) => {
  expect(escapeHtml(text)).toBe(wanted);
});

test('a value is escaped unless it is HTML already, and a replacement pattern is only letters', () => {
  const inner = markup`<b>${'<$&>'}</b>`;
  expect(markup`<p title="${'"'}">${inner}${nothing}${join([inner, inner])}</p>`.html).toBe(
    '<p title="&#34;"><b>&#60;$&#38;&#62;</b><b>&#60;$&#38;&#62;</b><b>&#60;$&#38;&#62;</b></p>',
  );
});

test('the policy allows this style, this script and nothing else', () => {
  const parts = { status: 200, title: 'A', style: 'b{}', body: markup`<p>` };
  const policy = (answer: { headers: readonly string[] }) =>
    answer.headers[answer.headers.indexOf('Content-Security-Policy') + 1];
  expect(policy(page({ ...parts, forms: 'self' }))).toBe(
    `default-src 'none'; style-src ${hash('b{}')}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  const scripted = page({ ...parts, script: 'a()' });
  expect(scripted.body).toContain('<script>a()</script>');
  expect(policy(scripted)).toBe(
    `default-src 'none'; script-src ${hash('a()')}; connect-src 'self'; require-trusted-types-for 'script'; ` +
      `trusted-types 'none'; style-src ${hash('b{}')}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
  );
});

test('a title is escaped too', () => {
  const { body } = page({ status: 200, title: '</title><script>', style: '', body: nothing });
  expect(body).toContain('<title>&#60;/title&#62;&#60;script&#62;</title>');
});
