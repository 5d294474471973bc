import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestSharing, type TestSharing } from '../../support/sharing.ts';

let bench: TestSharing;
beforeEach(async () => {
  bench = await openTestSharing();
});
afterEach(() => bench[Symbol.asyncDispose]());

test('who joins is in the audit log and announced with the label of the link', async () => {
  const { session } = await bench.guest();
  bench.reporter.joined(session);
  expect(bench.announced).toMatchObject([
    ['share.joined', { session: session.id, label: 'Ada', serverName: 'The thesis' }],
    ['share.changed', { server: 'thesis' }],
  ]);
  expect(await bench.events()).toEqual(['joined']);
});

test('why a session has ended is known for a while, and null for any other', async () => {
  const { session } = await bench.guest();
  bench.reporter.ended(session, 'revoked');
  expect(bench.reporter.whyEnded(session.id)).toBe('revoked');
  expect(bench.reporter.whyEnded('000000000000')).toBeNull();
  for (let index = 0; index < 5000; index++)
    bench.reporter.ended({ ...session, id: index.toString(16).padStart(12, '0') }, 'left');
  expect(bench.reporter.whyEnded(session.id)).toBeNull();
});

test('a limit of a role that is met again and again is one line of the log', async () => {
  const { link, session } = await bench.guest();
  const { id, role, name, endsAt } = session;
  const shown = { id, link: link.id, role, name, endsAt, permissions: null };
  for (let time = 0; time < 5; time++)
    bench.reporter.note('thesis', { kind: 'role-limit', session: shown, what: 'request: POST /run' });
  expect(await bench.events()).toEqual(['role-limit']);
});
