import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confinedBrowser, kindOfEntry } from '../../../src/main/cli/confined-browser.ts';

test.each([
  ['[Desktop Entry]\nExec=/snap/bin/chromium %U\nX-SnapInstanceName=chromium\n', 'snap'],
  ['[Desktop Entry]\nExec=env BAMF_DESKTOP_FILE_HINT=x /snap/bin/firefox %u\n', 'snap'],
  [
    '[Desktop Entry]\nExec=/usr/bin/flatpak run --branch=stable --file-forwarding org.mozilla.firefox @@u %u @@\n',
    'flatpak',
  ],
  ['[Desktop Entry]\nExec=/usr/bin/x\nX-Flatpak=org.mozilla.firefox\n', 'flatpak'],
  ['[Desktop Entry]\nExec=/usr/bin/chromium %U\n', null],
  ['[Desktop Entry]\nExec=/usr/bin/firefox %u\n[Desktop Action x]\nExec=/snap/bin/firefox\n', null],
  ['[Desktop Entry]\nExec=/home/ada/snap/bin/../firefox %u\n', null],
  ['', null],
])('what the entry %j starts is %s', (text, kind) => {
  expect(kindOfEntry(text)).toBe(kind);
});

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'confined-'));
  await mkdir(join(home, 'bin'));
  await writeFile(join(home, 'bin', 'xdg-settings'), '#!/bin/sh\necho "$DEFAULT_ENTRY"\n');
  await chmod(join(home, 'bin', 'xdg-settings'), 0o755);
  const applications = join(home, '.local', 'share', 'applications');
  await mkdir(applications, { recursive: true });
  await writeFile(join(applications, 'snapped.desktop'), '[Desktop Entry]\nX-SnapInstanceName=firefox\n');
  await writeFile(join(applications, 'usual.desktop'), '[Desktop Entry]\nExec=/usr/bin/firefox\n');
});
afterAll(() => rm(home, { recursive: true, force: true }));

test.each([
  ['snapped.desktop', 'snap'],
  ['usual.desktop', undefined],
  ['missing.desktop', undefined],
  ['../applications/snapped.desktop', undefined],
  ['', undefined],
])('the default browser %s', async (entry, kind) => {
  const PATH = `${join(home, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const found = await confinedBrowser({ PATH, DEFAULT_ENTRY: entry, XDG_DATA_DIRS: home }, home);
  expect(found?.kind).toBe(kind);
});

test('without xdg-settings nothing is known, and $BROWSER may name a snap', async () => {
  expect(await confinedBrowser({ PATH: join(home, 'nowhere') }, home)).toBeNull();
  const BROWSER = '/snap/bin/firefox';
  expect(await confinedBrowser({ BROWSER }, home)).toEqual({ kind: 'snap', name: BROWSER });
});
