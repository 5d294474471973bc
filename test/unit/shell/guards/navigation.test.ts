import { expect, test } from 'vitest';
import { framing, gestureWindow, navigation, opening } from '../../../../src/main/shell/guards/navigation.ts';

const own = 'http://lab.localhost:4100';

test.each<[string, number, string]>([
  [`${own}/lab/tree/a.ipynb`, Infinity, 'stay'],
  [`blob:${own}/5b`, 0, 'scheme'],
  ['http://lab.localhost:4101/', 0, 'outside'],
  ['https://docs.jupyter.org/', 0, 'outside'],
  ['https://docs.jupyter.org/', gestureWindow, 'outside'],
  ['https://docs.jupyter.org/', gestureWindow + 1, 'no-gesture'],
  ['mailto:mira@example.org', 0, 'outside'],
  ['https://mira:word@evil.example/', 0, 'credentials'],
  ['file:///etc/passwd', 0, 'scheme'],
  ['javascript:alert(1)', 0, 'scheme'],
  ['data:text/html,<script>1</script>', 0, 'scheme'],
  ['smb://evil.example/share', 0, 'scheme'],
  ['gatehouse://app/index.html', 0, 'scheme'],
  ['vscode://x', 0, 'scheme'],
  ['ms-msdt:/id', 0, 'scheme'],
  ['ssh://-oProxyCommand=x', 0, 'scheme'],
  ['http://', 0, 'unreadable'],
])('a navigation to %s, %d ms after a gesture: %s', (address, since, wanted) => {
  const verdict = navigation(own, address, since);
  expect(verdict.kind === 'deny' ? verdict.reason : verdict.kind).toBe(wanted);
});

test('the address that goes outside is the one that was checked', () => {
  expect(navigation(own, 'HTTPS://Docs.Jupyter.org/a b', 0)).toEqual({
    kind: 'outside',
    url: 'https://docs.jupyter.org/a%20b',
  });
});

test.each([
  ['', 'stay'],
  ['about:blank', 'stay'],
  ['about:blank#blocked', 'stay'],
  ['', 'stay'],
  [`${own}/lab`, 'stay'],
  ['https://evil.example/', 'deny'],
])('a window for "%s" without a gesture: %s', (address, wanted) => {
  expect(opening(own, address, Infinity).kind).toBe(wanted);
});

test.each([
  ['https://www.youtube.com/embed/x', 'stay'],
  ['about:srcdoc', 'stay'],
  ['data:text/html,x', 'stay'],
  ['file:///etc/passwd', 'deny'],
  ['gatehouse://app/index.html', 'deny'],
  ['chrome://settings', 'deny'],
])('a frame for %s: %s', (address, wanted) => {
  expect(framing(address).kind).toBe(wanted);
});
