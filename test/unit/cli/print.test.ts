import { Writable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { forPeople, printError, printValue, table } from '../../../src/main/cli/print.ts';
import { GatehouseError } from '../../../src/main/core/errors.ts';

afterEach(() => vi.unstubAllEnvs());

function sink(json: boolean) {
  const said = { out: '', err: '' };
  const into = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        said[name] += chunk.toString();
        done();
      },
    });
  return { said, output: { out: into('out'), err: into('err'), json } };
}

test.each([
  ['clears the screen', 'a\u001B[2Jb', 'a\\u001b[2Jb'],
  ['fills the clipboard', '\u001B]52;c;eA==\u0007', '\\u001b]52;c;eA==\\u0007'],
  ['turns the direction', 'a\u202Ecod.exe', 'a\\u202ecod.exe'],
  ['writes over the line', 'good\rbad', 'good\\u000dbad'],
])('attack: a name that %s is printed visibly', (_name, text, shown) => expect(forPeople(text)).toBe(shown));

test('lines and words of every language stay', () => {
  expect(forPeople('Zoë\t日本\nüber')).toBe('Zoë\t日本\nüber');
});

test('a command is named in the form that works here', () => {
  expect(forPeople('See `gatehouse list`.')).toBe('See `gatehouse list`.');
  vi.stubEnv('GATEHOUSE_COMMAND', 'npm start --');
  expect(forPeople('See `gatehouse list`.')).toBe('See `npm start -- list`.');
});

test('one value, as JSON or as text', () => {
  const json = sink(true);
  printValue(json.output, { a: '\u001B' }, () => 'text');
  expect(JSON.parse(json.said.out)).toEqual({ a: '\u001B' });
  expect(json.said.out).not.toContain('\u001B');
  const text = sink(false);
  printValue(text.output, {}, () => 'text');
  expect(text.said.out).toBe('text\n');
});

test('an error goes to stderr with what to do, and has its exit code', () => {
  const error = new GatehouseError('no-such-server', 'There is none.', {
    kind: 'not-found',
    nextStep: 'List them.',
  });
  const text = sink(false);
  expect(printError(text.output, error)).toBe(3);
  expect(text.said).toEqual({ out: '', err: 'gatehouse: There is none.\n  List them.\n' });
  const json = sink(true);
  printError(json.output, error);
  expect(JSON.parse(json.said.err)).toEqual({
    error: { code: 'no-such-server', message: 'There is none.', nextStep: 'List them.' },
  });
});

test('columns are as wide as their widest cell', () => {
  expect(
    table([
      ['A', 'B'],
      ['long', 'x'],
    ]),
  ).toBe('A     B\nlong  x');
});

test('a fault of the command line itself shows where it happened, without secrets', () => {
  const text = sink(false);
  expect(printError(text.output, new Error('cannot read https://lab/?token=abcdefgh12345678'))).toBe(1);
  expect(text.said.err).toContain('Please report it with these lines:');
  expect(text.said.err).toMatch(/at .*print\.test\.ts:\d+/);
  expect(text.said.err).not.toContain('abcdefgh12345678');
});

test('columns line up where names take two columns for a letter', () => {
  expect(
    table([
      ['日本', 'x'],
      ['thesis', 'y'],
    ]),
  ).toBe('日本    x\nthesis  y');
});
