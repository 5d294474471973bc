import { array, assert, integer, nat, oneof, property, tuple, type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import {
  auditCauses,
  auditRates,
  type FoldedEvent,
} from '../../../../src/main/core/share/audit/audit-causes.ts';
import { eventSchema, type AuditEvent } from '../../../../src/main/core/share/audit/audit-entry.ts';
import { AuditFold, type Entry } from '../../../../src/main/core/share/audit/audit-fold.ts';

const refused = (address: string, link: string | null = null): AuditEvent => ({
  event: 'refused',
  server: 's',
  link,
  address,
  reason: 'wrong-credential',
  times: 1,
});
const limited = (session: string, what: string): AuditEvent => ({
  event: 'role-limit',
  link: 'abc',
  server: 's',
  session,
  role: 'viewer',
  what,
});
const said = (entries: readonly Entry[]): unknown[] =>
  entries.map(entry => ('count' in entry ? entry.count : entry.event));

test('the first is written, the rest are counted and told once a minute', () => {
  const fold = new AuditFold();
  expect(fold.add(0, refused('::1'))).toEqual({ by: 'stranger', event: refused('::1') });
  for (let time = 1; time < 100; time++) expect(fold.add(time, refused('::1'))).toBeNull();
  expect(fold.due(59_999)).toEqual([]);
  expect(said(fold.due(60_000))).toEqual([{ ...refused('::1'), times: 99 }]);
  expect(fold.add(60_001, refused('::1'))).toBeNull();
  expect(said(fold.due(120_000))).toEqual([{ ...refused('::1'), times: 1 }]);
  expect(fold.due(180_000)).toEqual([]);
  expect(fold.add(180_000, refused('::1'))).not.toBeNull();
});

test('another address, link or name is another entry; another session is not', () => {
  const fold = new AuditFold();
  fold.add(0, refused('::1'));
  expect(fold.add(0, refused('::2'))).not.toBeNull();
  expect(fold.add(0, refused('::1', 'abc'))).not.toBeNull();
  expect(fold.add(0, limited('one', 'x'))).not.toBeNull();
  expect(fold.add(0, limited('two', 'x'))).toBeNull();
});

test('attack: a guest who makes up another path each time is a number, and silences no other link', () => {
  const fold = new AuditFold();
  const { burst } = auditCauses['role-limit'].each;
  const written = Array.from({ length: 2000 }, (_none, n) => fold.add(0, limited('eve', `/${n}`)));
  expect(written.filter(entry => entry !== null)).toHaveLength(burst);
  expect(fold.add(0, { ...limited('ada', '/x'), link: 'def' } as AuditEvent)).not.toBeNull();
  expect(said(fold.due(60_000))).toEqual([
    { event: 'more', of: 'role-limit', server: 's', link: 'abc', times: 2000 - burst },
  ]);
});

test('all that is counted is told at the end', () => {
  const fold = new AuditFold();
  fold.add(0, refused('::1'));
  fold.add(0, refused('::1'));
  expect(said(fold.due(1, true))).toEqual([{ ...refused('::1'), times: 1 }]);
});

test('a clock that is set back loses no count', () => {
  const fold = new AuditFold();
  fold.add(100_000, refused('::1'));
  fold.add(100_000, refused('::1'));
  expect(fold.due(0)).toHaveLength(1);
});

test('the owner’s entries are never folded', () => {
  const fold = new AuditFold();
  const event: AuditEvent = { event: 'key-changed' };
  for (let turn = 0; turn < 2000; turn++) expect(fold.add(0, event)).toEqual({ by: 'owner', event });
});

test('every entry that a guest or a stranger can cause says how often it happened, and no other does', () => {
  for (const { shape } of eventSchema.options) {
    const [kind] = shape.event.values as Set<AuditEvent['event']>;
    expect([kind, 'times' in shape]).toEqual([kind, auditCauses[kind ?? 'refused'].by !== 'owner']);
  }
});

const text = integer({ min: 0, max: 300 }).map(String);
const guestEvent: Arbitrary<FoldedEvent> = oneof(
  tuple(text, text).map(([name, session]) => ({
    event: 'joined' as const,
    link: Number(name) % 2 === 0 ? 'abc' : 'def',
    server: 's',
    role: 'viewer' as const,
    session,
    name,
    address: '::1',
    browser: '',
  })),
  tuple(text, text).map(([session, what]) => limited(session, what) as FoldedEvent),
  text.map(address => refused(address) as FoldedEvent),
);

test('no sequence writes more lines than the budgets allow, and no event is lost from the counts', () => {
  const steps = array(tuple(guestEvent, integer({ min: 1, max: 40 }), nat(90_000)), {
    minLength: 1,
    maxLength: 60,
  });
  assert(
    property(steps, walk => {
      const fold = new AuditFold();
      const entries: Entry[] = [];
      let now = 0;
      let happened = 0;
      for (const [event, times, pause] of walk) {
        for (let turn = 0; turn < times; turn++) {
          // Half of them are made up anew.
          const made =
            turn % 2 === 0 && event.event === 'role-limit' ? { ...event, what: `${now} ${turn}` } : event;
          const entry = fold.add(now, made);
          if (entry !== null) entries.push(entry);
          happened += 1;
        }
        now += pause;
        entries.push(...fold.due(now));
      }
      for (const by of ['guest', 'stranger'] as const) {
        const { burst, perMinute } = auditRates[by];
        const lines = entries.filter(entry => entry.by === by && !('count' in entry)).length;
        expect(lines).toBeLessThanOrEqual(burst + (perMinute * now) / 60_000);
      }
      // At most one number a minute for each kind and link.
      const counts = entries.filter(entry => 'count' in entry).length;
      expect(counts).toBeLessThanOrEqual(4 * (1 + now / 60_000));
      entries.push(...fold.due(now, true));
      const told = entries.map(entry => {
        const event = 'count' in entry ? entry.count : entry.event;
        return 'times' in event ? (event.times ?? 1) : 1;
      });
      expect(told.reduce((sum, times) => sum + times, 0)).toBe(happened);
    }),
    { numRuns: 50 },
  );
});
