import { expect, test } from 'vitest';
import { dialsElsewhere } from '../../../../src/main/core/profiles/jupyter/page.ts';

const page = (config: object): string =>
  `<html><script id="jupyter-config-data" type="application/json">${JSON.stringify(config)}</script></html>`;
const own = { baseUrl: '/', wsUrl: '', token: '', fullStaticUrl: '/static/lab', appName: 'https://x' };

test.each([
  [{}, null],
  [{ fullMathjaxUrl: 'https://cdnjs.cloudflare.com/ajax/MathJax.js' }, null],
  [{ store_id: 1, treePath: '' }, null],
  [{ token: 'x' }, 'token'],
  [{ wsUrl: 'wss://evil.example' }, 'wsUrl'],
  [{ baseUrl: '/elsewhere/' }, 'baseUrl'],
  [{ baseUrl: 'https://evil.example/' }, 'baseUrl'],
  [{ fullStaticUrl: '//evil.example/x' }, 'fullStaticUrl'],
  [{ fullStaticUrl: '\\\\evil.example/x' }, 'fullStaticUrl'],
  [{ fullStaticUrl: '/\t/evil.example/x' }, 'fullStaticUrl'],
  [{ settingsUrl: 'javascript:alert(1)' }, 'settingsUrl'],
  [{ settingsUrl: 'http://[' }, 'settingsUrl'],
])('a page that is told %j dials elsewhere: %s', (change, name) => {
  expect(dialsElsewhere(page({ ...own, ...change }))).toBe(name);
});

test('a page without settings dials nobody; one whose settings cannot be read might', () => {
  expect(dialsElsewhere('<html></html>')).toBeNull();
  expect(dialsElsewhere('<script id="jupyter-config-data">{</script>')).toMatch(/cannot be read/);
});
