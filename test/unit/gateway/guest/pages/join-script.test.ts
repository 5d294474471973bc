import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { joinScript } from '../../../../../src/main/core/gateway/guest/pages/join-script.ts';

test('it is one expression that a browser can read, and ends no script element early', () => {
  expect(() => new Script(joinScript)).not.toThrow();
  expect(joinScript).toMatch(/^\(\(\) => \{\n'use strict';[^]*\}\)\(\);$/);
  expect(joinScript).not.toMatch(/<\/|<!--|<script/i);
});

test('it makes no markup of a text and keeps nothing', () => {
  expect(joinScript).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|localStorage|sessionStorage|document\.cookie/,
  );
});

test('what it uses of the browser works without its page: it reads the fragment and takes it out of the history', async () => {
  const replaced: unknown[] = [];
  const asked: { url: string; body: unknown }[] = [];
  const shown: string[] = [];
  const element = (): object => ({
    setAttribute: () => undefined,
    append: () => undefined,
    addEventListener: () => undefined,
    focus: () => undefined,
    replaceChildren: () => undefined,
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  const place = { pathname: '/_gatehouse/join/abc/', hash: '#S-e_c.)', origin: 'https://host' };
  new Script(joinScript).runInNewContext({
    location: place,
    history: { replaceState: (...given: unknown[]) => replaced.push(given) },
    document: {
      getElementById: element,
      createElement: element,
      set title(text: string) {
        shown.push(text);
      },
    },
    addEventListener: () => undefined,
    AbortSignal,
    fetch: (url: string, { body }: { body: string }) => {
      asked.push({ url, body: JSON.parse(body) });
      resolve();
      return new Promise(() => undefined);
    },
  });
  await promise;
  expect(replaced).toEqual([[null, '', '/_gatehouse/join/abc/']]);
  expect(asked).toEqual([{ url: '/_gatehouse/join/abc/look', body: { secret: 'S-e_c' } }]);
  expect(shown).toEqual(['Looking at your link · Gatehouse']);
});
