import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { trustFolder, withTrust } from '../../../src/main/cli/folder-trust-question.ts';
import type { FolderTrust, StartRequest } from '../../../src/shared/model.ts';

const request: StartRequest = { profile: 'jupyter', folder: '/work/lab' };

/** A core whose answer about the folder is this one. */
function coreThatSays(standing: Partial<FolderTrust>): Parameters<typeof withTrust>[0] {
  const answers: Readonly<Record<string, unknown>> = {
    'profiles.kinds': [{ name: 'jupyter', untrusted: 'Language servers are off.' }, { name: 'custom' }],
    'folders.warnings': [],
    'folders.look': {
      path: '/work/lab',
      trusted: false,
      verdict: 'unknown',
      by: null,
      isHome: false,
      ...standing,
    },
  };
  return { call: (name: string) => Promise.resolve(answers[name]) } as never;
}

interface Row {
  readonly what: string;
  readonly standing?: Partial<FolderTrust>;
  readonly given?: StartRequest;
  readonly trust?: boolean;
  readonly answer?: string;
  readonly trustFolder: boolean | undefined;
  readonly asks?: boolean;
  readonly says?: boolean;
}

const rows: readonly Row[] = [
  { what: 'a person says yes', answer: 'y', trustFolder: true, asks: true },
  { what: 'a person says no', answer: 'n', trustFolder: false, asks: true, says: true },
  { what: 'a person says something else', answer: 'why?', trustFolder: false, asks: true, says: true },
  {
    what: 'a person only goes on: asked again next time',
    answer: '',
    trustFolder: undefined,
    asks: true,
    says: true,
  },
  { what: 'nobody can be asked', trustFolder: undefined, says: true },
  {
    what: 'it is trusted',
    standing: { trusted: true, verdict: 'trusted' },
    answer: 'n',
    trustFolder: undefined,
  },
  {
    what: 'they said no before',
    standing: { verdict: 'refused' },
    answer: 'y',
    trustFolder: undefined,
    says: true,
  },
  {
    what: 'others can write',
    standing: { verdict: 'open-to-others' },
    answer: 'y',
    trustFolder: undefined,
    says: true,
  },
  { what: 'the home folder', standing: { isHome: true }, answer: 'y', trustFolder: undefined, says: true },
  { what: 'it is not there', standing: { verdict: 'gone' }, answer: 'y', trustFolder: undefined },
  { what: 'no folder is named', given: { profile: 'jupyter' }, answer: 'y', trustFolder: undefined },
  {
    what: 'a kind to which it makes no difference',
    given: { ...request, profile: 'custom' },
    answer: 'y',
    trustFolder: undefined,
  },
  { what: '--trust', trust: true, answer: 'n', trustFolder: true },
  { what: '--no-trust', trust: false, answer: 'y', trustFolder: false },
];

test.each(rows)(
  '$what',
  async ({ standing = {}, given = request, trust, answer, trustFolder, asks, says }) => {
    const questions: string[] = [];
    let said = '';
    const err = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        said += chunk.toString();
        done();
      },
    });
    const ask = answer === undefined ? null : async (question: string) => (questions.push(question), answer);
    const output = { out: err, err, json: false };
    const options = trust === undefined ? {} : { trust };
    const asked = await withTrust(coreThatSays(standing), given, options, output, ask);
    expect(asked.trustFolder).toBe(trustFolder);
    expect(questions).toEqual(
      asks === true ? ['Do you trust the authors of the files in /work/lab? [y/N] '] : [],
    );
    expect(said).toMatch(
      says === true
        ? /^\/work\/lab is not trusted\. Language servers are off\. `gatehouse trust .*\n$/
        : /^$/,
    );
  },
);

test('--trust without a folder is wrong usage', async () => {
  const output = { out: process.stdout, err: process.stderr, json: false };
  const asked = withTrust(coreThatSays({}), { profile: 'jupyter' }, { trust: true }, output, null);
  await expect(asked).rejects.toMatchObject({ kind: 'usage' });
});

test.each([
  [undefined, {}],
  ['', {}],
  ['lab', { list: true }],
  [undefined, { list: true, remove: true }],
  ['lab', { remove: true, forget: true }],
  [undefined, { forget: true }],
])('gatehouse trust %j %j is wrong usage', async (folder, options) => {
  const output = { out: process.stdout, err: process.stderr, json: false };
  const asked = trustFolder(coreThatSays({}), folder, options, { output, cwd: '/work' });
  await expect(asked).rejects.toMatchObject({ kind: 'usage' });
});
