import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PartScanner } from '../../../../src/main/core/gateway/forward/multipart-scanner.ts';

const type = 'multipart/form-data; boundary=XyZ';

function form(...parts: readonly string[]): string {
  return `${parts.map(part => `--XyZ\r\n${part}\r\n`).join('')}--XyZ--\r\n`;
}
const field = (head: string, content = 'x'): string => `${head}\r\n\r\n${content}`;
const file = (name: string, kind = 'application/octet-stream', content = 'x'): string =>
  field(`Content-Disposition: form-data; name="f"; filename="${name}"\r\nContent-Type: ${kind}`, content);

function scan(text: string, cuts: readonly number[] = []): number {
  const scanner = PartScanner.of(type);
  const bytes = Buffer.from(text, 'latin1');
  const places = [
    0,
    ...[...new Set(cuts)].filter(cut => cut < bytes.length).sort((a, b) => a - b),
    bytes.length,
  ];
  for (let index = 1; index < places.length; index++) {
    const refusal = scanner?.push(bytes.subarray(places[index - 1], places[index])) ?? null;
    if (refusal !== null) return refusal.status;
  }
  return 200;
}

const good: [string, string][] = [
  ['a field', form(field('Content-Disposition: form-data; name="a"'))],
  ['two files', form(file('a.csv', 'text/csv'), file('b.png', 'image/png'))],
  ['an empty part', form(field('Content-Disposition: form-data; name="a"', ''))],
  ['a file that looks like a head', form(file('a.txt', 'text/plain', 'Content-Type: text/html\r\n\r\n'))],
  ['a file with odd marks in its name', form(file('2 *3= \\5.txt'))],
  ['a file with half a boundary', form(file('a.txt', 'text/plain', '\r\n--Xy\r\n--XyY'))],
  ['what follows the end', `${form(file('a.txt'))}--XyZ\r\n${file('a.html', 'text/html')}`],
];
const bad: [string, string, number][] = [
  ['a page', form(file('a', 'text/html')), 415],
  ['a page in capitals', form(file('a', 'TEXT/HTML; charset=utf-8')), 415],
  ['a picture that runs', form(file('a', 'image/svg+xml')), 415],
  ['a script', form(file('a', 'text/javascript')), 415],
  ['a page by its name', form(file('a.HTML')), 415],
  ['a page by its name with a dot', form(file('a.html. ')), 415],
  [
    'a page by its encoded name',
    form(field("Content-Disposition: form-data; name=f; filename*=UTF-8''a%2ehtml")),
    415,
  ],
  ['a page by its unquoted name', form(field('Content-Disposition: form-data; name=f; filename=a.svg')), 415],
  ['two names', form(field('Content-Disposition: form-data; filename="a.txt"; filename="a.html"')), 415],
  ['a second part', form(file('a.txt'), file('b.xhtml')), 415],
  ['parts within a part', form(file('a', 'multipart/mixed; boundary=q')), 415],
  ['two types', form(field('Content-Type: text/plain\r\nContent-Type: text/html')), 400],
  ['a folded head', form(field('Content-Type: text/plain\r\n text/html')), 400],
  ['a bare line feed', form(field('Content-Type: text/plain\nContent-Type: text/html')), 400],
  ['a boundary that goes on', '--XyZ \r\nContent-Type: text/plain\r\n\r\nx', 400],
  [
    'a boundary behind a bare line feed',
    form(file('a.txt', 'text/plain', `x\n--XyZ\n${file('b.html')}`)),
    400,
  ],
  [
    'a boundary behind a bare return',
    form(file('a.txt', 'text/plain', `x\r--XyZ\r\n${file('b.html')}`)),
    400,
  ],
  ['a first boundary behind a bare line feed', `x\n--XyZ\n${file('b.html')}\n--XyZ--\n`, 400],
  ['a first boundary behind nothing', `x${form(file('b.html'))}`, 400],
  [
    'a page by its name in pieces',
    form(field('Content-Disposition: form-data; name=f; filename*0="a.ht"; filename*1="ml"')),
    400,
  ],
  ['a name that ends at one quote or another', form(file('a\\"; filename="b.html')), 400],
  ['a head without an end', `--XyZ\r\nA: ${'x'.repeat(9000)}`, 400],
  ['too many parts', form(...Array.from({ length: 1001 }, () => field('A: b'))), 413],
];

test.each(good)('%s passes', (_name, text) => {
  expect(scan(text)).toBe(200);
});

test.each(bad)('%s does not', (_name, text, status) => {
  expect(scan(text)).toBe(status);
});

test('however the network cuts it, the answer is the same', () => {
  const all = [
    ...good.map(([, text]) => [text, 200] as const),
    ...bad.map(([, text, status]) => [text, status] as const),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.array(fc.nat(300), { maxLength: 30 }), ([text, status], cuts) => {
      expect(scan(text, cuts)).toBe(status);
    }),
  );
});

test('what is kept of a large file is little', () => {
  const scanner = PartScanner.of(type);
  scanner?.push(Buffer.from(`--XyZ\r\n${file('a.bin').replace('x', '')}`));
  // What is only not collected yet is not kept.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().arrayBuffers;
  for (let turn = 0; turn < 50; turn++) scanner?.push(Buffer.alloc(1_000_000));
  collect();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40_000_000);
  expect(scanner).not.toBeNull();
});

test.each([
  ['multipart/form-data', null],
  ['multipart/form-data; boundary=', null],
  ['multipart/form-data; boundary=a; boundary=b', null],
  ['multipart/form-data; boundary="a"; x="boundary=b"', null],
  ["multipart/form-data; boundary=a; boundary*=utf-8''b", null],
  ['multipart/form-data; boundary=a; boundary*0=b', null],
  ['multipart/form-data; boundary=a,b', null],
  [`multipart/form-data; boundary=${'x'.repeat(71)}`, null],
  ['multipart/form-data; boundary="a\\"b"', null],
  ['multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW', 'scanner'],
  ['multipart/form-data; charset=utf-8; boundary="a b"', 'scanner'],
])('%s: %s', (header, wanted) => {
  expect(PartScanner.of(header) === null ? null : 'scanner').toBe(wanted);
});
