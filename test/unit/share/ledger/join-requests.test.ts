import { expect, test } from 'vitest';
import { mintSecret, Secret } from '../../../../src/main/core/secret.ts';
import {
  answerJoinRequest,
  addJoinRequest,
  dropJoinRequests,
  spendApproval,
  joinRequestState,
  type JoinRequestLimits,
  type JoinRequestTable,
} from '../../../../src/main/core/share/ledger/join-requests.ts';
import { deriveKeys, keptHash } from '../../../../src/main/core/share/ledger/installation-key.ts';
import { makeLink, type Link } from '../../../../src/main/core/share/ledger/link.ts';

const now = 1_000_000;
const limits: JoinRequestLimits = { waitMs: 1000, perLink: 2, total: 3 };
const facts = { name: 'Ada', address: '::1', browser: 'Firefox' };

function linkOf(id = 'abcdefgh2345'): Link {
  const request = { label: 'x', role: 'viewer' as const, serverId: 's', madeBy: 'me', approval: true };
  return makeLink(now, id, request, keptHash(deriveKeys(new Secret('a')), id, mintSecret()));
}

function waiting(link = linkOf()) {
  const table: JoinRequestTable = new Map();
  const ticket = mintSecret();
  const wait = addJoinRequest(table, now, link, ticket, facts, limits);
  if (wait === 'full') throw new Error('full');
  return { table, ticket: ticket.reveal(), wait, link };
}

test('who waits is let in once the owner says so, and once only', () => {
  const { table, ticket, wait, link } = waiting();
  expect(joinRequestState(table, now, ticket, link.id)).toBe('waiting');
  expect(spendApproval(table, now, ticket, link.id)).toBe(false);
  expect(answerJoinRequest(table, now, wait.id, 'given')).toMatchObject(facts);
  expect(joinRequestState(table, now, ticket, link.id)).toBe('given');
  expect(spendApproval(table, now, ticket, link.id)).toBe(true);
  expect(spendApproval(table, now, ticket, link.id)).toBe(false);
});

test('no is no, also when yes is said later', () => {
  const { table, ticket, wait, link } = waiting();
  answerJoinRequest(table, now, wait.id, 'denied');
  expect(answerJoinRequest(table, now, wait.id, 'given')).toBeNull();
  expect(joinRequestState(table, now, ticket, link.id)).toBe('denied');
  expect(spendApproval(table, now, ticket, link.id)).toBe(false);
});

test('attack: neither the name of a wait, nor a guess, nor another link opens', () => {
  const { table, ticket, wait, link } = waiting();
  answerJoinRequest(table, now, wait.id, 'given');
  expect(spendApproval(table, now, wait.id, link.id)).toBe(false);
  expect(spendApproval(table, now, mintSecret().reveal(), link.id)).toBe(false);
  expect(spendApproval(table, now, ticket, 'zzzzzzzzzzzz')).toBe(false);
  expect(JSON.stringify([...table])).not.toContain(ticket);
});

test('an answer that comes too late, or is used too late, lets nobody in', () => {
  const late = waiting();
  expect(answerJoinRequest(late.table, now + 1000, late.wait.id, 'given')).toBeNull();
  const slow = waiting();
  answerJoinRequest(slow.table, now, slow.wait.id, 'given');
  expect(spendApproval(slow.table, now + 1000, slow.ticket, slow.link.id)).toBe(false);
  expect(waiting({ ...linkOf(), expiresAt: now + 5 }).wait.endsAt).toBe(now + 5);
});

test('a full queue refuses the newcomer, of one link or of all, until a wait is over', () => {
  const { table, link } = waiting();
  const ask = (link: Link, at = now): boolean =>
    addJoinRequest(table, at, link, mintSecret(), facts, limits) !== 'full';
  expect([ask(link), ask(link), ask(linkOf('zzzzzzzzzzzz')), ask(linkOf('yyyyyyyyyyyy'))]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect(ask(link, now + 1000)).toBe(true);
});

test('with its link a wait is gone', () => {
  const { table, ticket, wait, link } = waiting();
  answerJoinRequest(table, now, wait.id, 'given');
  dropJoinRequests(table, now, id => id === link.id);
  expect(spendApproval(table, now, ticket, link.id)).toBe(false);
});
