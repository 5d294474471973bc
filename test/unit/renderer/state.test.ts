import { expect, test } from 'vitest';
import {
  best,
  countSharing,
  emptyModel,
  reduce,
  resting,
  running,
  type Change,
  type Model,
} from '../../../src/renderer/state.ts';
import type { FoundServer } from '../../../src/shared/model.ts';
import type { GuestSessionInfo, ShareLinkInfo, JoinRequestInfo } from '../../../src/shared/share-model.ts';
import { serverInfo } from '../shell/server-info.ts';

function after(...changes: readonly Change[]): Model {
  return changes.reduce(reduce, emptyModel(0));
}

const starting = serverInfo({ state: 'starting' });
const failed = serverInfo({ state: 'failed' });
const started: Change = { kind: 'started', id: 'thesis-1' };

test('what runs comes first, what rests apart, by name', () => {
  const servers = [
    serverInfo({ id: 'c', name: 'c' }),
    serverInfo({ id: 'b', name: 'b', state: 'stopped' }),
    serverInfo({ id: 'a', name: 'a', state: 'failed' }),
  ];
  const model = after({ kind: 'servers', servers });
  expect(running(model).map(({ id }) => id)).toEqual(['a', 'c']);
  expect(resting(model).map(({ id }) => id)).toEqual(['b']);
});

test('a change of state is said aloud once, a repeated one is not', () => {
  const model = after({ kind: 'server', server: starting });
  expect(model.said).toBe('thesis is starting');
  expect(reduce({ ...model, said: 'Details copied.' }, { kind: 'server', server: starting }).said).toBe(
    'Details copied.',
  );
});

test('whoever started a server is shown why it failed, also when the news is first', () => {
  const failure = { kind: 'failure', id: 'thesis-1' };
  expect(
    after(started, { kind: 'server', server: starting }, { kind: 'server', server: failed }).page,
  ).toEqual(failure);
  expect(after({ kind: 'server', server: failed }, started).page).toEqual(failure);
});

test('a failure of a server that was not started here, or over a form, does not jump at the user', () => {
  expect(after({ kind: 'server', server: failed }).page.kind).toBe('list');
  const form: Change = { kind: 'page', page: { kind: 'custom' } };
  expect(after(started, form, { kind: 'server', server: failed }).page.kind).toBe('custom');
});

test('a server that came up and fails later does not jump either', () => {
  const ready = serverInfo({ state: 'ready' });
  expect(
    after(started, { kind: 'server', server: ready }, { kind: 'server', server: failed }).page.kind,
  ).toBe('list');
});

test('a forgotten server takes its failure and its page along', () => {
  const failure = {
    summary: '',
    kind: 'failed' as const,
    nextStep: '',
    exitCode: 1,
    signal: null,
    attempts: 1,
    command: '',
    lastLines: [],
  };
  const model = after(
    { kind: 'server', server: failed },
    { kind: 'failure', id: 'thesis-1', failure },
    { kind: 'page', page: { kind: 'failure', id: 'thesis-1' } },
    { kind: 'forgotten', id: 'thesis-1' },
  );
  expect(model.servers).toEqual([]);
  expect(model.failures).toEqual({});
  expect(model.page.kind).toBe('list');
});

test('a setup that is done is not shown, one that failed is', () => {
  const setup = { profile: 'jupyter', message: '', fraction: null } as const;
  expect(
    after(
      { kind: 'setup', setup: { ...setup, step: 'install' } },
      { kind: 'setup', setup: { ...setup, step: 'done' } },
    ).setup,
  ).toBeNull();
  expect(after({ kind: 'setup', setup: { ...setup, step: 'failed' } }).setup?.step).toBe('failed');
});

test('the best installation is the first that works', () => {
  const found: FoundServer = {
    id: 'a',
    profile: 'jupyter',
    title: 'JupyterLab',
    version: null,
    origin: '',
    location: '',
    problem: 'broken',
  };
  expect(best(after({ kind: 'found', found: [found, { ...found, id: 'b', problem: null }] }))?.id).toBe('b');
  expect(best(after({ kind: 'found', found: [found] }))).toBeNull();
  expect(best(emptyModel(0))).toBeNull();
});

test('sharing is counted by server; links that have ended are not', () => {
  const link = { server: 'a', state: 'open' } as ShareLinkInfo;
  const counts = countSharing(
    [link, link, { ...link, state: 'revoked' }, { ...link, server: 'b' }],
    [{ server: 'a' } as GuestSessionInfo],
    [{ server: 'c' } as JoinRequestInfo],
  );
  expect(counts).toEqual({
    a: { links: 2, people: 1, waiting: 0 },
    b: { links: 1, people: 0, waiting: 0 },
    c: { links: 0, people: 0, waiting: 1 },
  });
  expect(after({ kind: 'sharing', sharing: counts }).sharing).toBe(counts);
});
