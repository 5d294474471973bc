import { expect, test } from 'vitest';
import { callNames } from '../../../src/shared/contract.ts';
import {
  checkSender,
  parseCall,
  parseServerId,
  parseShareLink,
  type SenderFacts,
} from '../../../src/main/shell/window-call.ts';

const good: SenderFacts = {
  frameUrl: 'gatehouse://app/index.html?view=home',
  isTopFrame: true,
  isOurWindow: true,
};

test.each<[string, Partial<SenderFacts>, boolean]>([
  ['our own page', {}, true],
  ['a window that is not ours', { isOurWindow: false }, false],
  ['a frame in our page', { isTopFrame: false }, false],
  ['a frame that is gone', { frameUrl: null }, false],
  ['another page in our window', { frameUrl: 'http://lab.localhost:4100/lab' }, false],
  ['a name that begins alike', { frameUrl: 'gatehouse://app.evil.example/index.html' }, false],
  ['our name as a user name', { frameUrl: 'gatehouse://app@evil.example/' }, false],
  ['our name with a port', { frameUrl: 'gatehouse://app:1/' }, false],
  ['another scheme', { frameUrl: 'https://app/index.html' }, false],
  ['an empty page', { frameUrl: 'about:blank' }, false],
])('GHSA-2mr8-962v-wc67: a call from %s: %s', (_name, change, wanted) => {
  const look = (): void => checkSender({ ...good, ...change });
  if (wanted) expect(look).not.toThrow();
  else expect(look).toThrow(/^Refused: /u);
});

test.each([
  'server.token',
  'server.windowToken',
  'server.rotateToken',
  'server.link',
  'share.keyPassphrase',
  'authority.replace',
  'audit.read',
  'secret.rotate',
  'core.quit',
  'core.resumed',
  'server.start',
  'config.set',
] as const)('%s is a call of the core that no window may make', name => {
  expect(callNames).toContain(name);
  expect(() => parseCall(name, [])).toThrow(/^Refused: /u);
});

test.each([
  ['server.list', [], 'core'],
  ['shell.copyLink', ['lab'], 'shell'],
])('%s goes to the %s', (name, args, to) => {
  expect(parseCall(name, args).to).toBe(to);
});

test.each<[unknown, unknown]>([
  ['__proto__', []],
  ['constructor', []],
  [undefined, []],
  [{ toString: () => 'server.list' }, []],
  ['server.list', 'text'],
  ['server.list', { length: 0 }],
  ['server.list', [1, 2, 3, 4, 5]],
])('%j with %j is refused', (name, args) => {
  expect(() => parseCall(name, args)).toThrow(/^Refused: /u);
});

test.each([
  [['lab-1'], true],
  [['Lab'], false],
  [['../x'], false],
  [['-a'], false],
  [[''], false],
  [[1], false],
  [[], false],
  [['a', 'b'], false],
])('the arguments %j name a server: %s', (args, wanted) => {
  const parse = (): string => parseServerId(args);
  if (wanted) expect(parse()).toBe(args[0]);
  else expect(parse).toThrow(/^Refused: /u);
});

const secret = 's'.repeat(43);
test.each([
  [[`https://192.168.1.7:8443/_gatehouse/join/abcdefghijkl#${secret}`], true],
  [[`https://[fd00::7]:8443/_gatehouse/join/abcdefghijkl#${secret}`], true],
  [[`http://192.168.1.7:8443/_gatehouse/join/abcdefghijkl#${secret}`], false],
  [[`https://a@b/_gatehouse/join/abcdefghijkl#${secret}`], false],
  [[`https://lab/_gatehouse/join/abcdefghijkl`], false],
  [[`rm -rf ~ https://lab/_gatehouse/join/abcdefghijkl#${secret}`], false],
  [[`https://lab/_gatehouse/join/abcdefghijkl#${secret}\n`], false],
  [[1], false],
  [[], false],
])('%j is a share link: %s', (args, wanted) => {
  const parse = (): string => parseShareLink(args);
  if (wanted) expect(parse()).toBe(args[0]);
  else expect(parse).toThrow(/^Refused: /u);
});
