import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { numberedName, safeName } from '../../../../src/main/shell/windows/download-name.ts';

test.each([
  ['plot.png', 'plot.png'],
  ['Übung 1.ipynb', 'Übung 1.ipynb'],
  ['../../.bashrc', 'bashrc'],
  ['..\\..\\evil.exe', 'evil.exe'],
  ['/etc/passwd', 'passwd'],
  ['a/', 'download'],
  ['...', 'download'],
  ['', 'download'],
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['console.txt', 'console.txt'],
  ['invoice\u202Efdp.exe', 'invoice_fdp.exe'],
  ['a\u0000b\nc.txt', 'a_b_c.txt'],
  ['C:evil', 'C_evil'],
  ['name. ', 'name'],
])('%j is saved as %j', (given, wanted) => {
  expect(safeName(given)).toBe(wanted);
});

test('no name leaves the folder, whatever a page says', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 200 }), given => {
      const name = safeName(given);
      // oxlint-disable-next-line no-control-regex
      expect(name).toMatch(/^[^/\\:\u0000-\u001f]{1,240}$/u);
      expect(name).not.toMatch(/^\./u);
    }),
  );
});

test('a long name keeps its ending', () => {
  expect(safeName(`${'x'.repeat(400)}.tar.gz`)).toMatch(/^x{117}\.gz$/u);
});

test.each([
  ['plot.png', 0, 'plot.png'],
  ['plot.png', 2, 'plot (2).png'],
  ['plot', 1, 'plot (1)'],
])('%s, try %d: %s', (name, attempt, wanted) => {
  expect(numberedName(name, attempt)).toBe(wanted);
});
