import { expect, test } from 'vitest';
import { serverText } from '../../../src/main/cli/texts.ts';
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
