import { expect, test } from 'vitest';
import { aboutText, foundText, serversText, serverText } from '../../../src/main/cli/texts.ts';
import { serverInfo } from '../shell/server-info.ts';

const usual = 'It answers and is ours.';
const caveat = 'Other accounts of this computer can reach its port directly.';

test.each<[string, Parameters<typeof serverInfo>[0], string, string]>([
  ['runs', { reason: usual }, 'is ready at http', 'Mind:'],
  [
    'runs with a caveat',
    { reason: `${usual}; other accounts`, caveat },
    `\nMind: ${caveat}\n`,
    '(It answers',
  ],
  ['runs for another reason', { reason: 'It is back.' }, '(It is back.)', 'Mind:'],
  ['failed', { state: 'failed', reason: 'It ended.', caveat }, 'is failed at', 'Mind:'],
])('a server that %s', (_name, change, wanted, unwanted) => {
  const text = serverText(serverInfo(change));
  expect(text).toContain(wanted);
  expect(text).not.toContain(unwanted);
});

test.each<[Parameters<typeof serverInfo>[0], string]>([
  [{}, '/home/mira/work (not trusted)'],
  [{ folderTrusted: true }, '/home/mira/work (trusted)'],
  [{ trustChanged: true }, '/home/mira/work (not trusted, trusted from the next start)'],
  [{ folderTrusted: true, trustChanged: true }, '/home/mira/work (trusted, not trusted from the next start)'],
  // It makes no difference to a command of one's own.
  [{ profile: 'custom' }, '/home/mira/work'],
  [{ name: 'the\u200bsis', folder: '/tmp/\u202ework' }, '/tmp/\\u202ework (not trusted)'],
])('the list says where a server is, and whether that is trusted: %j', (change, folder) => {
  const [head = '', row = ''] = serversText([serverInfo(change)]).split('\n');
  expect(row.slice(head.indexOf('FOLDER'))).toBe(folder);
});

test('an installation is named so that a shell takes it as one word', () => {
  const found = {
    id: 'streamlit:/my "env"/$(x)',
    profile: 'streamlit',
    title: 'Streamlit',
    version: '1.0',
    origin: 'PATH',
    location: '/my',
    problem: null,
  };
  expect(foundText([found])).toContain(`--env 'streamlit:/my "env"/$(x)'`);
});

test('what runs is told in words', () => {
  const about = {
    version: '0.1.0',
    pid: 47,
    node: '24.1.0',
    home: '/home/mira/.gatehouse',
    secrets: 'keychain' as const,
    secretsSentence: 'Tokens are kept in the system keychain.',
    startedAt: '2026-11-22T12:00:00.000Z',
  };
  expect(aboutText(about)).toBe(
    'Gatehouse 0.1.0, process 47, since 2026-11-22T12:00:00.000Z, on Node 24.1.0\nSettings and records: /home/mira/.gatehouse\nTokens are kept in the system keychain.',
  );
});
