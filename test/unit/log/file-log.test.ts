import { lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog, type FileLog, type LogOptions } from '../../../src/main/core/log/file-log.ts';
import { createRedactor } from '../../../src/main/core/log/redact.ts';
import { Secret } from '../../../src/main/core/secret.ts';

const token = 'Zk3-_xW9~q.R7mB2vT5nL8pA1sD4fG6hJ0kQwErTyUi';
let folder = '';
let file = '';
let echoed: string[] = [];
const open: FileLog[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-'));
  file = join(folder, 'gatehouse.log');
  echoed = [];
});
afterEach(async () => {
  for (const log of open.splice(0)) log.close();
  await rm(folder, { recursive: true, force: true });
});

function logged(change: Partial<LogOptions> = {}): FileLog {
  const redactor = createRedactor();
  redactor.learn(new Secret(token));
  const clock = (): number => Date.UTC(2026, 10, 22);
  const log = createLog({
    file,
    redactor,
    clock,
    maxBytes: 100_000,
    kept: 2,
    echo: line => echoed.push(line),
    ...change,
  });
  open.push(log);
  return log;
}

const lines = async (path = file): Promise<Record<string, unknown>[]> =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));

test('one JSON value a line, in a private file', async () => {
  const log = logged();
  log.info('Started.', { port: 8888, nested: { list: [1, null, true] } });
  log.warn('Careful.');
  expect(await lines()).toEqual([
    {
      at: '2026-11-22T00:00:00.000Z',
      level: 'info',
      message: 'Started.',
      fields: { port: 8888, nested: { list: [1, null, true] } },
    },
    { at: '2026-11-22T00:00:00.000Z', level: 'warn', message: 'Careful.' },
  ]);
  expect((await lstat(file)).mode & 0o777).toBe(0o600);
  expect(echoed).toEqual(['Started.', 'warn: Careful.']);
});

test('no secret gets in: by message, field, key, error, cause, name of a field, or object', async () => {
  const log = logged();
  const cause = new Error(`inner ${token}`);
  log.error(`url /lab?token=${token}`, {
    plain: `a ${token}`,
    [`key ${token}`]: 1,
    error: new Error(`outer ${token}`, { cause }),
    accessToken: 'short',
    cookies: ['short'],
    secret: new Secret('short'),
    headers: { authorization: 'Bearer short' },
    buffer: Buffer.from('short'),
    url: new URL('http://a:short@localhost/?token=short'),
    lines: [token, `Cookie: a=short`],
  });
  const text = await readFile(file, 'utf8');
  expect(text + echoed.join('')).not.toContain(token);
  expect(text).not.toContain('short');
  expect(text).toContain('outer ***');
  expect(text).toContain('inner ***');
});

test('a secret at the cut of a long text leaves no half behind', async () => {
  const log = logged();
  for (const before of [3980, 65_520, 65_500]) log.info('.'.repeat(before) + token.repeat(3));
  log.info(`${`${token} `.repeat(1400)}${'x'.repeat(3920)}${token}`);
  log.info(`Cookie: ${'a'.repeat(65_400)}\n${'.'.repeat(100)}${token}`);
  expect(await readFile(file, 'utf8')).not.toContain(token.slice(0, 6));
});

test('attack: a message cannot forge a line or steer a terminal', async () => {
  const log = logged();
  const evil = 'a\nb\r\u001b[2Jc\u0000\u009b\u202e\u2028d\u007f';
  log.info(evil, { [evil]: evil });
  const text = await readFile(file, 'utf8');
  expect(text.match(/\n/g)).toHaveLength(1);
  // oxlint-disable-next-line no-control-regex -- these must not be there
  expect(text + echoed.join('')).not.toMatch(/[\u001b\u0000\u007f-\u009f\u202e\u2028\r]/);
  expect((await lines())[0]).toMatchObject({ message: evil });
});

test('whatever is given, nothing is thrown and the line is short', async () => {
  const log = logged();
  const loop: Record<string, unknown> = {};
  loop['loop'] = loop;
  const bad = Object.defineProperty({}, 'x', {
    enumerable: true,
    get() {
      throw new Error('no');
    },
  });
  const proxy = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('no');
      },
    },
  );
  log.info('x'.repeat(1_000_000), { loop, bad, proxy, big: 10n, f: () => 1, s: Symbol('x'), u: undefined });
  log.info(
    'wide',
    Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, 'y'.repeat(50)])),
  );
  log.info('long', { list: Array.from({ length: 5000 }, () => 1), date: new Date(Number.NaN) });
  const all = await lines();
  expect(all).toHaveLength(3);
  for (const line of all) expect(JSON.stringify(line).length).toBeLessThan(10_000);
  expect(all[0]).toMatchObject({ fields: { bad: '[unreadable]', big: '10', f: '[function]' } });
});

test('files rotate and only so many are kept', async () => {
  const log = logged({ maxBytes: 1000 });
  for (let index = 0; index < 60; index++) log.info(`line ${index} ${'.'.repeat(40)}`);
  expect((await readdir(folder)).sort()).toEqual(['gatehouse.log', 'gatehouse.log.1', 'gatehouse.log.2']);
  for (const name of await readdir(folder)) {
    expect((await lstat(join(folder, name))).size).toBeLessThanOrEqual(1000);
  }
  const kept = [...(await lines(`${file}.2`)), ...(await lines(`${file}.1`)), ...(await lines())];
  const numbers = kept.map(line => Number(String(line['message']).split(' ')[1]));
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => 60 - numbers.length + index));
});

test('a later run goes on in the same file, also when none is kept', async () => {
  logged().info('one');
  logged().info('two');
  expect(await lines()).toHaveLength(2);
  const log = logged({ maxBytes: 100, kept: 0 });
  log.info('three');
  expect(await lines()).toHaveLength(1);
});

test('a log that cannot be written says so once and throws nothing; what was lost is said later', async () => {
  await mkdir(file);
  const log = logged();
  for (let index = 0; index < 3; index++) log.info(`line ${index}`);
  expect(echoed.filter(line => line.includes('cannot be written'))).toHaveLength(1);
  await rm(file, { recursive: true });
  log.info('again');
  expect(await lines()).toEqual([
    { level: 'warn', message: '3 lines were lost here.' },
    expect.objectContaining({ message: 'again' }),
  ]);
});

test.skipIf(process.platform !== 'linux')('a full disk says so once and throws nothing', async () => {
  const full = logged({ file: '/dev/full', maxBytes: 1e9 });
  for (let index = 0; index < 5; index++) full.error(`line ${index}`);
  expect(echoed.filter(line => line.includes('the disk is full'))).toHaveLength(1);
});

test('attack: a link in place of the log is not followed', async () => {
  await writeFile(join(folder, 'precious'), 'kept\n');
  await symlink(join(folder, 'precious'), file);
  logged().info('forged');
  expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('kept\n');
});
