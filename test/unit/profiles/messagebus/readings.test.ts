import { afterAll, expect, test } from 'vitest';
import type { SocketMessage } from '../../../../src/main/core/role-ports.ts';
import {
  readBusMessage,
  readGuestMessage,
} from '../../../../src/main/core/profiles/messagebus/read-message.ts';
import { MessageReader } from '../../../../src/main/core/profiles/messagebus/reader.ts';
import { BusReadings, longBytes } from '../../../../src/main/core/profiles/messagebus/readings.ts';

const guest = { name: 'Ada (guest)', session: 's1', permissions: null };
const speaker = { role: 'editor', guest } as const;
const reader = new MessageReader();
afterAll(() => reader.close());

/** With many names; each socket gets bytes of its own. */
function long(type: string, bytes = longBytes): SocketMessage {
  const data = Object.fromEntries(Array.from({ length: bytes / 8 }, (_none, at) => [`name${at}`, at]));
  const context = { destination: ['guest-s1', 'audio'], session: { session_id: 'guest-s2' } };
  return { binary: false, data: Buffer.from(JSON.stringify({ type, data, context })) };
}

/** Counts what is read on the other thread. */
function counted(): { readings: BusReadings; asked: () => number } {
  let asked = 0;
  const read: MessageReader['read'] = (...args) => {
    asked += 1;
    return reader.read(...args);
  };
  return { readings: new BusReadings({ read }), asked: () => asked };
}

test('what 128 sockets hear is read once, on another thread, and is what would have been read here', async () => {
  const { readings, asked } = counted();
  const heard = Array.from({ length: 128 }, () => long('speak'));
  const all = heard.map(message => readings.prepareHeard(message));
  const charged = await Promise.all(all.map(async prepare => (await prepare?.()) ?? 0));
  expect(asked()).toBe(1);
  expect(charged.filter(ms => ms > 0)).toHaveLength(1);
  const [first] = heard;
  const here = readBusMessage(first!);
  expect(here).toEqual({ kind: 'heard', type: 'speak', to: ['guest-s2', 'guest-s1'] });
  for (const message of heard) expect(readings.heard(message)).toEqual(here);
  expect(readings.prepareHeard(long('speak'))).toBeNull();
});

test('a reading waits for its reader, whatever was heard meanwhile', async () => {
  const { readings } = counted();
  const [first, late] = [long('first'), long('first')];
  await readings.prepareHeard(first)?.();
  expect(readings.prepareHeard(late)).toBeNull();
  for (let index = 0; index < 10; index++) await readings.prepareHeard(long(`other${index}`))?.();
  expect(readings.heard(late)).toMatchObject({ kind: 'heard', type: 'first' });
});

test('what a guest says is said again on the other thread as it would have been here', async () => {
  const { readings, asked } = counted();
  const message = long('recognizer_loop:utterance');
  await readings.prepareSaid(message, speaker)?.();
  expect(asked()).toBe(1);
  expect(readings.said(message, speaker)).toEqual(readGuestMessage(message, speaker.role, guest));
});

test('a short message is read at once', () => {
  const { readings, asked } = counted();
  const message: SocketMessage = { binary: false, data: Buffer.from('{"type":"a"}') };
  expect([readings.prepareHeard(message), readings.prepareSaid(message, speaker)]).toEqual([null, null]);
  expect(readings.heard(message)).toEqual({ kind: 'heard', type: 'a', to: [] });
  expect(readings.said(message, speaker)).toMatchObject({ kind: 'said', type: 'a' });
  expect(asked()).toBe(0);
});

test('what has two readings is unreadable there too, and a thread that is gone starts again', async () => {
  const { readings } = counted();
  const text = long('a').data.toString().replace('{"type"', '{"type":"b","type"');
  const twice: SocketMessage = { binary: false, data: Buffer.from(text) };
  await readings.prepareHeard(twice)?.();
  expect(readings.heard(twice)).toEqual({ kind: 'unreadable', reason: 'it has one name twice' });
  const lost = reader.read(long('lost', 1_000_000).data, null);
  reader.close();
  expect((await lost).reading.kind).toBe('unreadable');
  expect((await reader.read(long('again').data, null)).reading).toMatchObject({ type: 'again' });
});
