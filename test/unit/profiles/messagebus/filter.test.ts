import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { busFilter } from '../../../../src/main/core/profiles/messagebus/filter.ts';
import { permits } from '../../../../src/main/core/profiles/messagebus/bus-messages.ts';
import { MessageReader } from '../../../../src/main/core/profiles/messagebus/reader.ts';
import { BusReadings } from '../../../../src/main/core/profiles/messagebus/readings.ts';
import type { SocketStep } from '../../../../src/main/core/role-ports.ts';
import type { Role } from '../../../../src/shared/model.ts';

const guest = { name: 'Ada (guest)', session: 'a1b2c3', permissions: null };
const readings = new BusReadings(new MessageReader());
const name = 'guest-a1b2c3';
const lists = { send: ['recognizer_loop:utterance', 'own.*'], receive: ['speak', 'own.*'] };
const text = (value: unknown) => ({
  binary: false,
  data: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});
const passed = (step: SocketStep): Record<string, unknown> | null =>
  step.kind === 'replace' ? (JSON.parse(step.message.data.toString()) as Record<string, unknown>) : null;

test('what is permitted goes on, said again, with who speaks', () => {
  const filter = busFilter('editor', lists, guest, readings);
  const context = { source: 'audio', session: { session_id: 'default' } };
  const step = filter.fromGuest(text({ type: 'own.x', data: { a: 1 }, context, more: 1 }));
  expect(passed(step)).toEqual({
    type: 'own.x',
    data: { a: 1 },
    context: {
      source: name,
      destination: 'skills',
      client_name: 'Ada (guest)',
      session: { session_id: name },
    },
  });
});

test('what is not is refused in words, to the guest and to the audit log', () => {
  const step = busFilter('editor', lists, guest, readings).fromGuest(text({ type: 'ovos.skills.install' }));
  if (step.kind !== 'answer') throw new Error(step.kind);
  expect(step.reason).toBe('not sent: ovos.skills.install: the link does not permit this type');
  expect(JSON.parse(step.messages[0]?.data.toString() ?? '')).toMatchObject({
    type: 'gatehouse.refused',
    data: { type: 'ovos.skills.install' },
  });
});

test('a guest who makes up types does not fill the audit log', () => {
  const filter = busFilter('editor', lists, guest, readings);
  const reasons = Array.from({ length: 500 }, (_, number) => {
    const step = filter.fromGuest(text({ type: `made.up.${number}` }));
    return step.kind === 'answer' ? step.reason : step.kind;
  });
  expect(new Set(reasons).size).toBe(31);
});

test('a viewer sends nothing, even with a link that says otherwise', () => {
  const filter = busFilter('viewer', { send: ['*'], receive: ['*'] }, guest, readings);
  expect(filter.fromGuest(text({ type: 'speak' })).kind).toBe('answer');
});

const mine = { session: { session_id: name } };
const others = { session: { session_id: 'default' }, destination: ['audio'] };
test.each([
  ['editor', { type: 'speak', context: mine }, 'pass'],
  ['editor', { type: 'speak', context: others }, 'drop'],
  ['editor', { type: 'speak' }, 'drop'],
  ['editor', { type: 'own.x', context: { destination: name } }, 'pass'],
  ['editor', { type: 'configuration', context: mine }, 'drop'],
  ['viewer', { type: 'speak', context: others }, 'pass'],
  ['viewer', { type: 'configuration', context: others }, 'drop'],
  ['full', { type: 'speak', context: others }, 'pass'],
  ['full', { ciphertext: 'x' }, 'drop'],
  ['full', '{"type": "speak", "type": "x"}', 'drop'],
] as const)('to %s the bus says %j: %s', (role, message, expected) => {
  const filter = busFilter(role, lists, guest, readings);
  expect(filter.fromServer(text({ type: 'connected', context: others })).kind).toBe('pass');
  expect(filter.fromServer(text(message)).kind).toBe(expected);
});

test('only the first message can be the greeting of the bus', () => {
  const filter = busFilter('editor', lists, guest, readings);
  expect(filter.fromServer(text({ type: 'connected' })).kind).toBe('pass');
  expect(filter.fromServer(text({ type: 'connected' })).kind).toBe('drop');
  const late = busFilter('editor', lists, guest, readings);
  expect(late.fromServer(text({ type: 'secret' })).kind).toBe('drop');
  expect(late.fromServer(text({ type: 'connected' })).kind).toBe('drop');
});

const roles = fc.constantFrom<Role>('viewer', 'editor', 'full');
const types = fc.oneof(
  fc.constantFrom('speak', 'own.x', 'own.', 'own', 'recognizer_loop:utterance', 'ovos.skills.install'),
  fc.string(),
);
const context = fc.dictionary(
  fc.oneof(fc.constantFrom('source', 'session', 'destination', 'peer', 'lang', '__proto__'), fc.string()),
  fc.oneof(
    fc.constant(name),
    fc.jsonValue(),
    fc.record({ session_id: fc.oneof(fc.constant(name), fc.jsonValue()) }),
  ),
);
/** Frames that may be good, and frames that are odd in their text. */
const frames = fc.oneof(
  fc
    .record({ type: types, data: fc.dictionary(fc.string(), fc.jsonValue()), context })
    .map(one => JSON.stringify(one)),
  fc
    .tuple(types, types, context)
    .map(
      ([one, two, said]) =>
        `{"type": ${JSON.stringify(one)}, "context": ${JSON.stringify(said)}, "type": ${JSON.stringify(two)}, "source": "audio"}`,
    ),
  fc.json(),
  fc.string(),
);

/** One that a satellite may send, or is for it. */
const frameOf = (type: string): string =>
  JSON.stringify({ type, data: {}, context: { destination: name, session: { session_id: name } } });

test('whatever is sent, nothing but permitted types passes, and who speaks is never the guest’s own word', () => {
  const passes = { count: 0 };
  fc.assert(
    fc.property(roles, fc.array(frames, { maxLength: 8 }), fc.boolean(), (role, sent, binary) => {
      const filter = busFilter(role, lists, guest, readings);
      for (const frame of sent) {
        const step = filter.fromGuest({ binary, data: Buffer.from(frame) });
        expect(['replace', 'answer']).toContain(step.kind);
        const said = passed(step);
        if (said === null) continue;
        passes.count++;
        expect(binary).toBe(false);
        expect(role).not.toBe('viewer');
        expect(Object.keys(said)).toEqual(['type', 'data', 'context']);
        expect(permits(lists.send, String(said['type']))).toBe(true);
        expect(said['context']).toMatchObject({ source: name, session: { session_id: name } });
        expect(said['data']).toEqual((JSON.parse(frame) as { data: unknown }).data ?? {});
      }
    }),
    { numRuns: 500, examples: [['editor', [frameOf('own.x')], false]] },
  );
  expect(passes.count).toBeGreaterThan(0);
});

test('whatever the bus says, a satellite is shown only what is permitted and for it', () => {
  const passes = { count: 0 };
  fc.assert(
    fc.property(frames, frame => {
      const filter = busFilter('editor', lists, guest, readings);
      filter.fromServer(text({ type: 'connected' }));
      const step = filter.fromServer(text(frame));
      expect(['pass', 'drop']).toContain(step.kind);
      if (step.kind !== 'pass') return;
      passes.count++;
      const read = JSON.parse(frame) as { type: string; context: unknown };
      expect(permits(lists.receive, read.type)).toBe(true);
      expect(JSON.stringify(read.context)).toContain(name);
    }),
    { numRuns: 1000, examples: [[frameOf('speak')]] },
  );
  expect(passes.count).toBeGreaterThan(0);
});
