import { expect, test } from 'vitest';
import { matchId, matchServer } from '../../../src/main/cli/match.ts';
import type { ServerInfo } from '../../../src/shared/model.ts';

const server = (id: string, name: string): ServerInfo => ({
  id,
  name,
  profile: 'jupyter',
  title: 'JupyterLab',
  origin: 'PATH',
  folder: '/',
  state: 'ready',
  caveat: null,
  folderTrusted: false,
  trustChanged: false,
  reason: '',
  url: null,
  pid: null,
  startedAt: null,
});
const servers = [
  server('thesis-aaaa', 'thesis'),
  server('thesis-bbbb', 'thesis 2'),
  server('lab-cccc', 'lab'),
];

test.each([
  ['thesis-aaaa', 'thesis-aaaa'],
  ['thesis', 'thesis-aaaa'],
  ['thesis-b', 'thesis-bbbb'],
  ['la', 'lab-cccc'],
])('%s means %s', (wanted, id) => expect(matchServer(servers, wanted).id).toBe(id));

test('none and two are told apart', () => {
  expect(() => matchServer(servers, 'nothing')).toThrow(expect.objectContaining({ exitCode: 3 }));
  expect(() => matchServer(servers, 'thesis-')).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('what cannot be undone wants the whole id, or the name', () => {
  expect(matchServer(servers, 'lab', 'whole').id).toBe('lab-cccc');
  expect(matchServer(servers, 'lab-cccc', 'whole').id).toBe('lab-cccc');
  expect(() => matchServer(servers, 'la', 'whole')).toThrow(expect.objectContaining({ exitCode: 2 }));
  expect(() => matchServer(servers, 'nothing', 'whole')).toThrow(expect.objectContaining({ exitCode: 3 }));
});

test.each([
  ['abcd', 'abcdefghijkl'],
  ['abcdefghijkl', 'abcdefghijkl'],
  ['x', 'xyz'],
])('%s is %s', (given, id) => {
  expect(matchId(['abcdefghijkl', 'abxx', 'xyz'], given, 'link', 'gatehouse links')).toBe(id);
});

test.each([
  ['ab', 2],
  ['', 3],
  ['q', 3],
  ['https://h/_gatehouse/join/abcdefghijkl#secret', 2],
  ['abcdefghijkl#secret', 2],
])('"%s" is refused with %d, and is not repeated where it may be a secret', (given, exitCode) => {
  const error = caught(() => matchId(['abcdefghijkl', 'abxx'], given, 'link', 'gatehouse links'));
  expect(error).toMatchObject({ exitCode });
  expect(String(error)).not.toContain('secret');
});

function caught(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
