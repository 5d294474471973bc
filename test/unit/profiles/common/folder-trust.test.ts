import { describe, expect, test } from 'vitest';
import type { LaunchPlan, Profile, RunContext } from '../../../../src/main/core/ports.ts';
import { allKinds } from '../../../../src/main/core/profiles/all.ts';
import {
  createProfile,
  needsTrust,
  startFolder,
} from '../../../../src/main/core/profiles/common/folder-trust.ts';
import type { FolderCode, ProfileKind, ProfileOptions } from '../../../../src/main/core/profiles/kind.ts';
import { fullOnly } from '../../../../src/main/core/profiles/common/full-only.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import type { StartRequest } from '../../../../src/shared/model.ts';

const options: ProfileOptions = {
  environment: {},
  home: '/home/zoe',
  dataFolder: '/data',
  platform: 'linux',
  log: { info: () => {}, warn: () => {}, error: () => {} },
  readySeconds: () => null,
};

const context = (change: Partial<RunContext> = {}): RunContext => ({
  serverId: 'x',
  directory: '/run/x',
  canUseSockets: true,
  port: 4567,
  secret: new Secret('the-secret'),
  folder: '/home/zoe/downloaded',
  folderTrusted: false,
  user: 'zoe',
  ...change,
});

/** A kind that would start its server in the folder. */
function kindThat(untrusted: FolderCode['untrusted'], change: Partial<FolderCode> = {}): ProfileKind {
  const profile: Profile = {
    name: 'streamlit',
    title: 'Streamlit',
    find: null,
    plan: (_request, _found, { folder }) =>
      Promise.resolve({
        folder,
        upstream: { headers: [] },
        caveat: () => 'its port is open.',
      } as unknown as LaunchPlan),
    setup: null,
    sharing: fullOnly('all'),
  };
  const folderCode = { untrusted, whenUntrusted: '', whenTrusted: '', tested: null, ...change };
  return {
    name: 'streamlit',
    title: 'Streamlit',
    aliases: [],
    icon: '',
    file: 'may',
    order: 1,
    docs: { tried: null, credential: '', notEnforced: '' },
    folderCode,
    ownVariables: /^STREAMLIT_/,
    shownCredential: { codeSees: 'none-shown', how: '', tested: null },
    create: () => profile,
  };
}

const plan = (kind: ProfileKind, request: Partial<StartRequest> = {}, change: Partial<RunContext> = {}) =>
  createProfile(kind, options).plan({ profile: 'streamlit', ...request }, null, context(change));

test.each([
  ['nothing-runs', {}, false],
  ['restricted', {}, false],
  ['named-program', {}, true],
  ['named-program', { file: 'app.py' }, false],
  ['named-program', { command: ['server', '{port}'] }, false],
  ['refused', { file: 'app.py' }, true],
] as const)('%s with %j needs trust: %s', (untrusted, request, needed) => {
  expect(needsTrust(untrusted, { profile: 'streamlit', ...request })).toBe(needed);
});

test('a start that would run a program nobody has named is refused, and says how to trust the folder', async () => {
  await expect(plan(kindThat('named-program'))).rejects.toMatchObject({
    code: 'folder-not-trusted',
    kind: 'refused',
    nextStep: expect.stringContaining("gatehouse trust '/home/zoe/downloaded'"),
  });
  await expect(plan(kindThat('named-program'), {}, { folderTrusted: true })).resolves.toMatchObject({
    folder: '/home/zoe/downloaded',
  });
});

test.each(['nothing-runs', 'restricted'] as const)(
  '%s: the server starts outside the folder',
  async untrusted => {
    expect((await plan(kindThat(untrusted))).folder).toBe('/home/zoe');
    expect((await plan(kindThat(untrusted), {}, { folder: '/home/zoe' })).folder).toBe('/');
    expect((await plan(kindThat(untrusted), {}, { folderTrusted: true })).folder).toBe(
      '/home/zoe/downloaded',
    );
  },
);

test('a named program starts in its folder', async () => {
  expect((await plan(kindThat('named-program'), { file: 'app.py' })).folder).toBe('/home/zoe/downloaded');
});

test('what is restricted is told as long as the server runs, besides what has to be told anyway', async () => {
  const kind = kindThat('restricted', { notice: 'its flows wait.' });
  expect((await plan(kind)).caveat?.()).toBe('its port is open. Also: its flows wait.');
  expect((await plan(kind, {}, { folderTrusted: true })).caveat?.()).toBe('its port is open.');
});

test.each([
  ['linux', '/home/zoe', '/home/zoe/lab', '/home/zoe'],
  ['linux', '/home/zoe', '/home', '/'],
  ['linux', '/home/zoe', '/', '/'],
  ['linux', '/home/zoe', '/home/zo', '/home/zoe'],
  ['win32', 'C:\\Users\\zoe', 'D:\\lab', 'C:\\Users\\zoe'],
  ['win32', 'C:\\Users\\zoe', 'c:\\users', 'C:\\'],
] as const)('on %s with the home %s and %s opened: %s', (platform, home, opened, folder) => {
  expect(startFolder(opened, { home, platform })).toBe(folder);
});

describe.each(allKinds.map(kind => [kind.name, kind] as const))('%s', (_name, kind) => {
  test('says what of a folder runs, trusted and not', () => {
    const { whenUntrusted, whenTrusted, untrusted } = kind.folderCode;
    expect(whenUntrusted).toMatch(/^[A-Z].*\.$/s);
    expect(whenTrusted).toMatch(/^[A-Z].*\.$/s);
    // A kind that cannot do without a file is never started without one, so it need not be refused for that.
    if (kind.file === 'must') expect(untrusted).toBe('named-program');
  });
});

test('a kind that does less in a folder that is not trusted says what is off, so that its owner is asked', () => {
  // VS Code asks on its own, and RStudio opens the home folder in any case.
  const silent = ['code-server', 'vscode-web', 'rstudio'];
  const needsWords = allKinds.filter(({ folderCode }) =>
    ['restricted', 'refused'].includes(folderCode.untrusted),
  );
  expect(needsWords.length).toBeGreaterThan(3);
  for (const { name, untrusted } of needsWords)
    expect([name, untrusted !== undefined]).toEqual([name, !silent.includes(name)]);
});
