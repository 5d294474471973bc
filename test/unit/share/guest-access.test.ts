import { beforeEach, expect, test } from 'vitest';
import {
  answerJoinRequest,
  type JoinRequest,
  type JoinRequestTable,
} from '../../../src/main/core/share/ledger/join-requests.ts';
import { makeGuestAccess } from '../../../src/main/core/share/guest-access.ts';
import { createJoinLimits, type JoinLimits } from '../../../src/main/core/share/ledger/join-limits.ts';
import type { StoredGuestSession } from '../../../src/main/core/share/ledger/guest-sessions.ts';
import type { Ledger } from '../../../src/main/core/share/ledger/ledger.ts';
import type { GuestAccess, JoinAnswer, JoinAsked } from '../../../src/main/core/share-ports.ts';
import { day, guest, LedgerBench } from '../../support/ledger.ts';

const bench = new LedgerBench();
let ledger: Ledger;
let joinRequests: JoinRequestTable;
let joins: JoinLimits;
let joined: StoredGuestSession[];
let asked: JoinRequest[];
let asksName: boolean;
let gone = '';

beforeEach(async () => {
  ledger = await bench.opened();
  joinRequests = new Map();
  joins = createJoinLimits();
  joined = [];
  asked = [];
  asksName = true;
});

function deskOf(serverId = 'thesis'): GuestAccess {
  return makeGuestAccess({
    ledger,
    joinRequests,
    joins,
    serverId,
    serverName: () => 'Thesis',
    owner: 'ada',
    computer: 'lab',
    asksName: () => asksName,
    offer: role => ({ role, title: role, can: [], cannot: [], runsCode: true, note: null }),
    joined: one => joined.push(one),
    waiting: wait => asked.push(wait),
    left: () => {},
    ended: session => (session === gone ? 'ended-by-owner' : null),
    note: () => {},
  });
}

const ask = (id: string, secret: string, change: Partial<JoinAsked> = {}): JoinAsked => ({
  id,
  secret,
  ticket: null,
  tool: false,
  guest,
  ...change,
});

const reasonOf = (answer: JoinAnswer): string => (answer.kind === 'no' ? answer.reason : answer.kind);

test('who holds the secret is told whose server it is', async () => {
  const { link, secret } = await ledger.make(day);
  expect(deskOf().look(link.id, secret.reveal())).toMatchObject({
    open: true,
    invitation: {
      owner: 'ada',
      computer: 'lab',
      serverName: 'Thesis',
      until: link.expiresAt,
      asksName: true,
    },
  });
});

test('an unknown link, a wrong secret and a link of another server are one answer', async () => {
  const { link, secret } = await ledger.make(day);
  const nothing = { open: false, reason: 'no-such-link' };
  expect(deskOf().look('aaaaaaaaaaaa', secret.reveal())).toEqual(nothing);
  expect(deskOf().look(link.id, 'wrong')).toEqual(nothing);
  expect(deskOf('other').look(link.id, secret.reveal())).toEqual(nothing);
  expect(reasonOf(await deskOf('other').join(ask(link.id, secret.reveal())))).toBe('no-such-link');
  expect(joined).toEqual([]);
});

test.each(['revoked', 'expired', 'used-up'])('%s is told to who holds the secret only', async state => {
  const { link, secret } = await ledger.make({ ...day, uses: 1 });
  if (state === 'revoked') await ledger.revoke(link.id).saved;
  if (state === 'expired') bench.pass(2 * 86_400_000);
  if (state === 'used-up') await deskOf().join(ask(link.id, secret.reveal()));
  expect(deskOf().look(link.id, secret.reveal())).toEqual({ open: false, reason: state });
  expect(deskOf().look(link.id, 'wrong')).toEqual({ open: false, reason: 'no-such-link' });
  expect(reasonOf(await deskOf().join(ask(link.id, secret.reveal())))).toBe(state);
  expect(reasonOf(await deskOf().join(ask(link.id, 'wrong')))).toBe('no-such-link');
});

test.each(['', '   ', '\u202e\u0007'])('a name is wanted, and "%s" is none; nothing is spent', async name => {
  const { link, secret } = await ledger.make({ ...day, uses: 1 });
  const answer = await deskOf().join(ask(link.id, secret.reveal(), { guest: { ...guest, name } }));
  expect(reasonOf(answer)).toBe('name-missing');
  expect(ledger.link(link.id)?.usesLeft).toBe(1);
});

test('a tool is called by the label of its link', async () => {
  const { link, secret } = await ledger.make(day);
  await deskOf().join(ask(link.id, secret.reveal(), { tool: true, guest: { ...guest, name: '' } }));
  expect(joined.map(({ name }) => name)).toEqual(['Ada']);
});

test('with approval nobody is in before the owner has answered, and then once, under the name that was approved', async () => {
  const { link, secret } = await ledger.make({ ...day, approval: true });
  const access = deskOf();
  expect(access.look(link.id, secret.reveal())).toMatchObject({ open: true, invitation: { approval: true } });
  const first = await access.join(ask(link.id, secret.reveal()));
  const ticket = first.kind === 'wait' ? first.ticket.reveal() : '';
  expect(asked).toMatchObject([{ name: 'Ada', linkId: link.id }]);
  expect(access.waiting(link.id, ticket)).toBe('waiting');
  expect(reasonOf(await access.join(ask(link.id, secret.reveal(), { ticket })))).toBe('wait-over');
  answerJoinRequest(joinRequests, ledger.now(), asked[0]?.id ?? '', 'given');
  expect(access.waiting(link.id, ticket)).toBe('given');
  const boss = { ...guest, name: 'Boss' };
  expect(reasonOf(await access.join(ask(link.id, 'wrong', { ticket, guest: boss })))).toBe('no-such-link');
  expect(reasonOf(await access.join(ask(link.id, secret.reveal(), { ticket, guest: boss })))).toBe('in');
  expect(joined.map(({ name }) => name)).toEqual(['Ada']);
  expect(reasonOf(await access.join(ask(link.id, secret.reveal(), { ticket })))).toBe('wait-over');
});

test('who is denied is told so and stays out', async () => {
  const { link, secret } = await ledger.make({ ...day, approval: true });
  const access = deskOf();
  const first = await access.join(ask(link.id, secret.reveal()));
  const ticket = first.kind === 'wait' ? first.ticket.reveal() : '';
  answerJoinRequest(joinRequests, ledger.now(), asked[0]?.id ?? '', 'denied');
  expect(access.waiting(link.id, ticket)).toBe('denied');
  expect(reasonOf(await access.join(ask(link.id, secret.reveal(), { ticket })))).toBe('denied');
  expect(joined).toEqual([]);
});

test('a link may be taken back while its guest waits', async () => {
  const { link, secret } = await ledger.make({ ...day, approval: true });
  const access = deskOf();
  const first = await access.join(ask(link.id, secret.reveal()));
  const ticket = first.kind === 'wait' ? first.ticket.reveal() : '';
  answerJoinRequest(joinRequests, ledger.now(), asked[0]?.id ?? '', 'given');
  await ledger.revoke(link.id).saved;
  expect(reasonOf(await access.join(ask(link.id, secret.reveal(), { ticket })))).toBe('revoked');
});

test('too many who wait are told so', async () => {
  const { link, secret } = await ledger.make({ ...day, approval: true });
  const answers: string[] = [];
  for (let turn = 0; turn < 21; turn++)
    answers.push(reasonOf(await deskOf().join(ask(link.id, secret.reveal()))));
  expect([...new Set(answers)]).toEqual(['wait', 'too-many-waiting']);
});

test('a session opens its own server, is in use while a socket is, and a look does not count', async () => {
  const { link, secret } = await ledger.make(day);
  const answer = await deskOf().join(ask(link.id, secret.reveal()));
  const cookie = answer.kind === 'in' ? answer.cookie.reveal() : '';
  const session = joined[0]?.id ?? '';
  expect(deskOf('other').find(cookie)).toMatchObject({ open: false });
  bench.pass(3_600_000);
  expect(deskOf().peek(cookie)).toMatchObject({
    open: true,
    session: { id: session, role: 'editor', name: 'Ada' },
  });
  bench.pass(3_600_000 - 1);
  deskOf().inUse([session]);
  bench.pass(3_600_000);
  expect(deskOf().find(cookie)).toMatchObject({ open: true });
  bench.pass(2 * 3_600_000);
  expect(deskOf().find(cookie)).toEqual({ open: false, reason: 'idle' });
});

test('who was in is told why he is not, and nobody else is', async () => {
  const { link, secret } = await ledger.make(day);
  const answer = await deskOf().join(ask(link.id, secret.reveal()));
  const cookie = answer.kind === 'in' ? answer.cookie.reveal() : '';
  gone = joined[0]?.id ?? '';
  await ledger.endGuest(gone).saved;
  expect(deskOf().peek(cookie)).toEqual({ open: false, reason: 'ended-by-owner' });
  expect(deskOf().peek('another')).toEqual({ open: false, reason: 'unknown' });
});

test('attack: joining in a loop is refused with the time to wait, and a stranger uses up nothing of the link', async () => {
  joins = createJoinLimits({ link: { burst: 4, perMinute: 60 }, address: { burst: 3, perMinute: 30 } });
  const { link, secret } = await ledger.make(day);
  const from = (address: string, word = secret.reveal()): Promise<JoinAnswer> =>
    deskOf().join(ask(link.id, word, { guest: { ...guest, address } }));
  for (let turn = 0; turn < 10; turn++)
    expect(reasonOf(await from('10.0.0.9', 'x'.repeat(43)))).toBe('no-such-link');
  for (let turn = 0; turn < 3; turn++) expect((await from('10.0.0.1')).kind).toBe('in');
  expect(await from('10.0.0.1')).toEqual({ kind: 'later', retrySeconds: 2 });
  expect((await from('10.0.0.2')).kind).toBe('in');
  expect(await from('10.0.0.3')).toEqual({ kind: 'later', retrySeconds: 1 });
  expect(ledger.guests()).toHaveLength(4);
});

test('attack: asking the owner in a loop is limited as joining is', async () => {
  joins = createJoinLimits({ link: { burst: 2, perMinute: 60 }, address: { burst: 2, perMinute: 30 } });
  const { link, secret } = await ledger.make({ ...day, approval: true });
  const answers = [];
  for (let turn = 0; turn < 4; turn++)
    answers.push((await deskOf().join(ask(link.id, secret.reveal()))).kind);
  expect(answers).toEqual(['wait', 'wait', 'later', 'later']);
  expect(asked).toHaveLength(2);
});
