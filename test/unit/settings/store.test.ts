import { lstat, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSettings } from '../../../src/main/core/settings/store.ts';

let folder = '';
let file = '';
const clock = (): number => Date.UTC(2026, 10, 22, 12, 30, 5, 7);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings '));
  file = join(folder, 'settings.json');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const content = async (): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));

test('without a file the defaults are in force and nothing is written', async () => {
  const settings = await openSettings({ file });
  expect(settings.get('core.graceMinutes')).toBe(10);
  expect(settings.warnings()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('what was set is there the next time, in a private file', async () => {
  const settings = await openSettings({ file });
  expect(await settings.set('gateway.extraHosts', ['Lab.Example'])).toMatchObject({
    value: ['lab.example'],
    source: 'user',
  });
  expect(settings.get('gateway.extraHosts')).toEqual(['lab.example']);
  const again = await openSettings({ file });
  expect(again.get('gateway.extraHosts')).toEqual(['lab.example']);
  expect(await content()).toEqual({ 'gateway.extraHosts': ['lab.example'] });
  expect((await lstat(file)).mode & 0o777).toBe(0o600);
});

test.each([
  ['a.example, b.example', ['a.example', 'b.example']],
  ['a.example', ['a.example']],
  ['', []],
])('a list may be given as the text %j', async (text, value) => {
  const settings = await openSettings({ file });
  expect((await settings.set('gateway.extraHosts', text)).value).toEqual(value);
});

test('null goes back to the default', async () => {
  await writeFile(file, '{"core.graceMinutes": 3, "jupyter.readySeconds": 7}');
  const settings = await openSettings({ file });
  expect(settings.get('core.graceMinutes')).toBe(3);
  expect(await settings.set('core.graceMinutes', null)).toMatchObject({ value: 10, source: 'default' });
  expect(await content()).toEqual({ 'jupyter.readySeconds': 7 });
});

test.each(['{"core.graceMinutes": 3', 'hello', '[1]', '"text"', 'null', '\u0000\u0001'])(
  'the file %j is kept aside, named, and defaults are used',
  async text => {
    await writeFile(file, text);
    const settings = await openSettings({ file, clock });
    const aside = 'settings.json.broken-20261122T123005Z';
    expect(settings.get('core.graceMinutes')).toBe(10);
    expect(settings.warnings()).toHaveLength(1);
    expect(settings.warnings()[0]).toContain(aside);
    expect(await readdir(folder)).toEqual([aside]);
    expect(await readFile(join(folder, aside), 'utf8')).toBe(text);
    await settings.set('core.graceMinutes', 4);
    expect(await readFile(join(folder, aside), 'utf8')).toBe(text);
    expect((await openSettings({ file })).get('core.graceMinutes')).toBe(4);
  },
);

test('an empty file and one with a byte order mark are fine', async () => {
  await writeFile(file, '');
  expect((await openSettings({ file })).warnings()).toEqual([]);
  await writeFile(file, '\uFEFF{"core.graceMinutes": 3}');
  expect((await openSettings({ file })).get('core.graceMinutes')).toBe(3);
});

test('a value that cannot be falls back alone, with a warning; an unknown key is named and kept', async () => {
  await writeFile(file, '{"core.graceMinutes": "soon", "log.maxMegabytes": 20, "future.thing": {"a": 1}}');
  const settings = await openSettings({ file });
  expect(settings.get('core.graceMinutes')).toBe(10);
  expect(settings.get('log.maxMegabytes')).toBe(20);
  expect(settings.warnings()).toEqual([
    expect.stringContaining('"future.thing"'),
    expect.stringContaining('core.graceMinutes must be a whole number from 0 to 1440'),
  ]);
  await settings.set('core.graceMinutes', 5);
  expect(await content()).toMatchObject({ 'future.thing': { a: 1 }, 'core.graceMinutes': 5 });
  expect(settings.warnings()).toHaveLength(1);
});

test.each([
  ['core.graceMinutes', 'soon', 'setting-invalid', 2],
  ['core.graceMinutes', undefined, 'setting-invalid', 2],
  ['core.grace', 1, 'no-such-setting', 3],
  ['__proto__', {}, 'no-such-setting', 3],
  ['log.maxMegabytes', 5, 'setting-managed', 4],
])('%s = %j is refused: %s', async (key, value, code, exitCode) => {
  const settings = await openSettings({ file, policy: { 'log.maxMegabytes': 2 } });
  await expect(settings.set(key, value)).rejects.toMatchObject({
    code,
    exitCode,
    nextStep: expect.stringMatching(/\w/),
  });
  expect(await readdir(folder)).toEqual([]);
});

test('the policy beats the file, and the file keeps what the user chose', async () => {
  await writeFile(file, '{"log.maxMegabytes": 20}');
  const settings = await openSettings({ file, policy: { 'log.maxMegabytes': 2, nonsense: 1 } });
  expect(settings.get('log.maxMegabytes')).toBe(2);
  expect(settings.info('log.maxMegabytes').source).toBe('policy');
  expect(settings.warnings()).toEqual([expect.stringContaining('"nonsense"')]);
  await settings.set('core.graceMinutes', 1);
  expect(await content()).toEqual({ 'log.maxMegabytes': 20, 'core.graceMinutes': 1 });
});

test('settings that are made at the same time, or by another hand meanwhile, are all kept', async () => {
  const settings = await openSettings({ file });
  await writeFile(file, '{"jupyter.defaultFolder": "/srv"}');
  await Promise.all([
    settings.set('core.graceMinutes', 1),
    settings.set('log.maxMegabytes', 2),
    settings.set('gateway.trustedProxies', ['10.0.0.5/32']),
  ]);
  expect(await content()).toEqual({
    'jupyter.defaultFolder': '/srv',
    'core.graceMinutes': 1,
    'log.maxMegabytes': 2,
    'gateway.trustedProxies': ['10.0.0.5/32'],
  });
  expect(settings.get('jupyter.defaultFolder')).toBe('/srv');
});

test('a file that cannot be read or replaced stops nobody from starting, and loses nothing', async () => {
  await mkdir(file);
  const settings = await openSettings({ file });
  expect(settings.get('core.graceMinutes')).toBe(10);
  expect(settings.warnings()).toEqual([expect.stringContaining('is not a file. Default settings are used.')]);
  await expect(settings.set('core.graceMinutes', 1)).rejects.toMatchObject({ code: 'read-failed' });
  expect(settings.get('core.graceMinutes')).toBe(10);
});
