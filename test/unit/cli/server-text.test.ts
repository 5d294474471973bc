import { expect, test } from 'vitest';
import { serversText, serverText } from '../../../src/main/cli/server-text.ts';
import { serverInfo } from '../shell/server-info.ts';

const usual = 'It answers and is ours.';
const caveat = 'Other accounts of this computer can reach its port directly.';

test.each<[string, Parameters<typeof serverInfo>[0], string, string]>([
  ['runs', { reason: usual }, 'is running at http', 'Warning:'],
  [
    'runs with a caveat',
    { reason: `${usual}; other accounts`, caveat },
    `\nWarning: ${caveat}\n`,
    '(It answers',
  ],
  ['has come back', { reason: 'It is back.' }, 'is running at http', 'It is back.'],
  ['failed', { state: 'failed', reason: 'It ended.', caveat }, 'did not start at', 'Warning:'],
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
