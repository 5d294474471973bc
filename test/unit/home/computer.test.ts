import { expect, test } from 'vitest';
import { thisComputer, whereabouts, type Computer } from '../../../src/main/core/home/computer.ts';

const here: Computer = { name: 'node1', machine: 'm1 node1', boot: 'b1', pids: 'pid:[5]' };
const first = 'pid:[4026531836]';
const processes = { startOf: async (pid: number) => (pid === 7 ? 'then' : null) };
const seen = async (pid: number): Promise<boolean> => pid === 8;

test.each<[string, Partial<Computer>, number, string, Partial<Computer>, string]>([
  ['a process that lives', {}, 7, 'then', {}, 'alive'],
  ['a process that has ended', {}, 6, 'then', {}, 'dead'],
  ['one whose number another has now', {}, 7, 'before', {}, 'dead'],
  ['one of the life before', { boot: 'b0' }, 7, 'then', {}, 'dead'],
  ['one of this computer under the name before', { name: 'old', machine: 'm1 old' }, 7, 'then', {}, 'alive'],
  ['another computer', { name: 'node2', machine: 'm2 node2', boot: 'b2' }, 7, 'then', {}, 'elsewhere'],
  [
    'another that started from the same image',
    { machine: 'm1 node2', boot: 'b2' },
    7,
    'then',
    {},
    'elsewhere',
  ],
  [
    'one that does not tell its machine',
    { machine: '', boot: 'b2' },
    7,
    'then',
    { machine: '' },
    'elsewhere',
  ],
  ['a container that is seen from here', { pids: 'pid:[6]' }, 8, 'then', {}, 'alive'],
  ['a container that is not seen from here', { pids: 'pid:[6]' }, 7, 'then', {}, 'hidden'],
  [
    'a container that is gone, seen from outside all',
    { pids: 'pid:[6]' },
    7,
    'then',
    { pids: first },
    'dead',
  ],
  ['a system that tells no life: alive', { boot: '' }, 7, 'then', { boot: '' }, 'alive'],
  ['a system that tells no life: dead', { boot: '' }, 7, 'before', { boot: '' }, 'dead'],
  ['a system that tells no life: another', { boot: '', machine: 'x' }, 7, 'then', { boot: '' }, 'elsewhere'],
])('%s', async (_name, of, pid, started, at, where) => {
  const computer = { ...here, ...of };
  const holder = { pid, started, computer };
  expect(await whereabouts(holder, { ...here, ...at }, processes, seen)).toBe(where);
});

test.runIf(process.platform === 'linux')('this one tells its life', async () => {
  expect(await thisComputer()).toMatchObject({
    name: expect.stringMatching(/./),
    boot: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});
