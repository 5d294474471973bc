import { describe, expect, test } from 'vitest';
import {
  isWithin,
  judgeFolder,
  type FolderAnswer,
  type FolderFacts,
  type FolderVerdict,
} from '../../../src/main/core/folders/trust.ts';

const me = 1000;
const other = 1001;
const third = 1002;
const at = (path: string, owner: number) => ({ path, owner });
const yes = (path: string, owner: number | null = me): FolderAnswer => ({ path, trusted: true, owner });
const no = (path: string): FolderAnswer => ({ path, trusted: false, owner: me });

interface Row {
  readonly what: string;
  readonly folder: string;
  readonly facts?: Partial<FolderFacts>;
  readonly answers: readonly FolderAnswer[];
  readonly verdict: FolderVerdict['kind'];
}

const rows: readonly Row[] = [
  { what: 'nobody was asked', folder: '/work/lab', answers: [], verdict: 'unknown' },
  { what: 'yes', folder: '/work/lab', answers: [yes('/work/lab')], verdict: 'trusted' },
  { what: 'no', folder: '/work/lab', answers: [no('/work/lab')], verdict: 'refused' },
  { what: 'below a yes', folder: '/work/lab/a/b', answers: [yes('/work/lab')], verdict: 'trusted' },
  { what: 'above a yes', folder: '/work', answers: [yes('/work/lab')], verdict: 'unknown' },
  { what: 'beside a yes', folder: '/work/lab2', answers: [yes('/work/lab')], verdict: 'unknown' },
  { what: 'a longer name', folder: '/work/lab-evil/x', answers: [yes('/work/lab')], verdict: 'unknown' },
  { what: 'a trailing slash', folder: '/work/lab/', answers: [yes('/work/lab')], verdict: 'trusted' },
  {
    what: 'a slash behind the answer',
    folder: '/work/lab',
    answers: [yes('/work/lab/')],
    verdict: 'trusted',
  },
  { what: 'another case', folder: '/work/LAB', answers: [yes('/work/lab')], verdict: 'unknown' },
  { what: 'a yes for the root', folder: '/opt/x', answers: [yes('/', 0)], verdict: 'unknown' },
  { what: 'below a no', folder: '/work/lab/a', answers: [no('/work/lab')], verdict: 'unknown' },
  {
    what: 'a no between a yes and the folder',
    folder: '/work/lab/a/b',
    answers: [yes('/work/lab'), no('/work/lab/a')],
    verdict: 'unknown',
  },
  {
    what: 'a yes below a no',
    folder: '/work/lab/a/b',
    answers: [no('/work/lab'), yes('/work/lab/a')],
    verdict: 'trusted',
  },
  {
    what: "an owner's no and a setting's yes",
    folder: '/work/lab',
    answers: [yes('/work/lab', null), no('/work/lab')],
    verdict: 'refused',
  },
  { what: 'the home folder itself', folder: '/home/zoe', answers: [yes('/home/zoe')], verdict: 'trusted' },
  {
    what: 'below the home folder',
    folder: '/home/zoe/Downloads',
    answers: [yes('/home/zoe')],
    verdict: 'unknown',
  },
  {
    what: 'the home folder below a folder that a setting names',
    folder: '/home/zoe',
    answers: [yes('/home', null)],
    verdict: 'unknown',
  },
  {
    what: 'a folder of the home folder',
    folder: '/home/zoe/work/a',
    answers: [yes('/home/zoe'), yes('/home/zoe/work')],
    verdict: 'trusted',
  },
  {
    what: 'everybody may write',
    folder: '/work/lab',
    facts: { open: true },
    answers: [yes('/work/lab')],
    verdict: 'open-to-others',
  },
  {
    what: 'everybody may write, and a setting names it',
    folder: '/work/lab',
    facts: { open: true },
    answers: [yes('/work', null)],
    verdict: 'open-to-others',
  },
  {
    what: 'it was replaced by the folder of another account',
    folder: '/tmp/lab',
    facts: { owner: other },
    answers: [yes('/tmp/lab')],
    verdict: 'other-owner',
  },
  {
    what: "another account's, below a yes",
    folder: '/work/lab/drop/evil',
    facts: { owner: other },
    answers: [yes('/work/lab')],
    verdict: 'other-owner',
  },
  {
    what: "another account's, which was trusted itself",
    folder: '/work/lab',
    facts: { owner: other },
    answers: [yes('/work/lab', other)],
    verdict: 'trusted',
  },
  {
    what: "one's own below another account's that was trusted",
    folder: '/work/lab/mine',
    answers: [yes('/work/lab', other)],
    verdict: 'trusted',
  },
  {
    what: "another account's below a folder that a setting names",
    folder: '/opt/lab/course',
    facts: { owner: other, above: [at('/opt/lab', third), at('/opt', 0), at('/', 0)] },
    answers: [yes('/opt/lab', null)],
    verdict: 'trusted',
  },
  {
    what: 'a folder above belongs to another account, which can put another in its place',
    folder: '/srv/eve/lab',
    facts: { above: [at('/srv/eve', other), at('/srv', 0), at('/', 0)] },
    answers: [yes('/srv/eve/lab')],
    verdict: 'open-to-others',
  },
  {
    what: 'the same far above, below a yes',
    folder: '/srv/eve/mine/lab/a',
    facts: {
      above: [at('/srv/eve/mine/lab', me), at('/srv/eve/mine', me), at('/srv/eve', other), at('/', 0)],
    },
    answers: [yes('/srv/eve/mine/lab')],
    verdict: 'open-to-others',
  },
  {
    what: 'the folder above belongs to whoever the trusted folder belongs to',
    folder: '/home/prof/course',
    facts: { owner: other, above: [at('/home/prof', other), at('/home', 0), at('/', 0)] },
    answers: [yes('/home/prof/course', other)],
    verdict: 'trusted',
  },
  {
    what: "one's own below it",
    folder: '/home/prof/course/mine',
    facts: { above: [at('/home/prof/course', other), at('/home/prof', other), at('/', 0)] },
    answers: [yes('/home/prof/course', other)],
    verdict: 'trusted',
  },
  {
    what: 'a setting names a folder below that of a third account',
    folder: '/srv/eve/lab',
    facts: { owner: other, above: [at('/srv/eve', third), at('/', 0)] },
    answers: [yes('/srv/eve/lab', null)],
    verdict: 'open-to-others',
  },
  {
    what: 'in a container the root of the disk belongs to nobody',
    folder: '/work/lab',
    facts: { above: [at('/work', 65_534), at('/', 65_534)] },
    answers: [yes('/work/lab')],
    verdict: 'trusted',
  },
];

test.each(rows)('$what: $folder is $verdict', ({ folder, facts, answers, verdict }) => {
  const seen = { path: folder, owner: me, open: false, above: [], ...facts };
  const rules = { answers, home: '/home/zoe', uid: me, separator: '/' };
  expect(judgeFolder(seen, rules).kind).toBe(verdict);
  expect(judgeFolder(seen, { ...rules, answers: answers.toReversed() }).kind, 'in any order').toBe(verdict);
});

test('on Windows no owner is seen, and the segments count', () => {
  const rules = { answers: [yes('C:\\lab', null)], home: 'C:\\Users\\zoe', uid: null, separator: '\\' };
  const at = (path: string) => judgeFolder({ path, owner: null, open: false, above: [] }, rules).kind;
  expect(['C:\\lab', 'C:\\lab\\a', 'C:\\lab2', 'D:\\lab'].map(at)).toEqual([
    'trusted',
    'trusted',
    'unknown',
    'unknown',
  ]);
});

describe('a path is within a folder by whole segments', () => {
  test.each([
    ['/a/b', '/a', true],
    ['/a', '/a', true],
    ['/a', '/a/b', false],
    ['/ab', '/a', false],
    ['/a', '/', true],
  ])('%s in %s: %s', (path, folder, is) => expect(isWithin(path, folder, '/')).toBe(is));
});
