import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  firstGuestNumber,
  Presence,
  readAwareness,
  writeAwareness,
} from '../../../../../src/main/core/profiles/jupyter/roles/awareness.ts';
import { viewRoom } from '../../../../../src/main/core/profiles/jupyter/roles/room-socket.ts';
import {
  VarReader,
  varBytes,
  varNumber,
} from '../../../../../src/main/core/profiles/jupyter/roles/varint.ts';
import { attacks } from '../../../../support/attacks.ts';

const number = firstGuestNumber + 5;
const everybody = (): ReturnType<typeof viewRoom> => viewRoom(new Presence(number, 'Ada (guest)'));
const document = (): ReturnType<typeof viewRoom> => viewRoom(null);

const hex = (text: string): { binary: boolean; data: Buffer } => ({
  binary: true,
  data: Buffer.from(text.replaceAll(' ', ''), 'hex'),
});
const presence = (id: number, state: unknown): { binary: boolean; data: Buffer } => ({
  binary: true,
  data: Buffer.concat([Buffer.from([1]), varBytes(writeAwareness([{ id, clock: 1, state }]))]),
});

test.each(attacks('room-messages.txt').map(line => line.split(' | ') as [string, string]))(
  '%s is dropped',
  (_name, bytes) => {
    for (const room of [everybody, document]) {
      expect(['drop', 'answer']).toContain(room().fromGuest(hex(bytes)).kind);
      // No message before it changes that.
      const filter = room();
      filter.fromGuest(hex('00 00 01 00'));
      filter.fromGuest(presence(3, {}));
      expect(['drop', 'answer']).toContain(filter.fromGuest(hex(bytes)).kind);
    }
  },
);

test('a question passes as it is, in both kinds of room', () => {
  for (const filter of [everybody(), document()]) {
    expect(filter.fromGuest(hex('00 00 01 00'))).toEqual({ kind: 'pass' });
    expect(filter.fromGuest(hex('00 00 03 01 01 05'))).toEqual({ kind: 'pass' });
    expect(filter.fromServer(hex('00 02 01 00'))).toEqual({ kind: 'pass' });
    expect(filter.fromServer(presence(4, { autosave: true }))).toEqual({ kind: 'pass' });
    expect(filter.fromGuest({ ...hex('00 00 01 00'), binary: false }).kind).toBe('drop');
  }
});

test("a viewer's presence comes back from the room of a document, and does not get there", () => {
  const filter = document();
  for (const said of [presence(3, { autosave: true }), presence(3, null), presence(4, { user: {} })]) {
    expect(filter.fromGuest(said)).toEqual({ kind: 'answer', messages: [said], reason: null });
  }
});

test('in the room of everybody presence is said again, and heard back', () => {
  const filter = everybody();
  const user = {
    username: 'Ada (guest)',
    name: 'Ada (guest)',
    display_name: 'Ada (guest)',
    initials: 'A',
    color: null,
  };
  expect(filter.fromGuest(presence(3, { current: 'x', evil: 1 }))).toEqual({
    kind: 'replace',
    message: presence(number, { user, current: 'x' }),
  });
  expect(filter.fromGuest(presence(4, null)).kind).toBe('drop');
  expect(filter.fromServer(presence(number, { user }))).toEqual({
    kind: 'replace',
    message: presence(3, { user }),
  });
});

test('"save now" is answered in the number that was asked with', () => {
  const save = Buffer.concat([Buffer.from([2]), varBytes(Buffer.from('save')), varNumber(300)]);
  const step = document().fromGuest({ binary: true, data: save });
  const reply = Buffer.from('{"type":"save","responseTo":300,"status":"failed"}');
  expect(step).toEqual({
    kind: 'answer',
    messages: [{ binary: true, data: Buffer.concat([Buffer.from([2]), varBytes(reply)]) }],
    reason: 'a viewer does not save',
  });
});

/**
 * As the server reads it: once by the first bytes (pycrdt), once as numbers of any spelling
 * (jupyter_server_ydoc).
 */
function serverWouldChange(data: Buffer): boolean {
  let at = 0;
  const lenient = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = data[at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  if (lenient() === 2) return true;
  return data[0] === 0 && data[1] !== 0;
}

test('no sequence of bytes gets a change or a save to the server', () => {
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc
      .tuple(
        fc.constantFrom(0, 1, 2, 0x80, 0x82),
        fc.constantFrom(0, 1, 2, 0x80),
        fc.uint8Array({ maxLength: 20 }),
      )
      .map(([first, second, rest]) => Uint8Array.of(first, second, ...rest)),
    fc.tuple(fc.nat(5), fc.jsonValue()).map(([id, state]) => new Uint8Array(presence(id, state).data)),
  );
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(fc.tuple(message, fc.boolean(), fc.boolean()), { maxLength: 20 }),
      (isDocument, sequence) => {
        const filter = isDocument ? document() : everybody();
        for (const [bytes, binary, fromServer] of sequence) {
          const one = { binary, data: Buffer.from(bytes) };
          if (fromServer) {
            expect(['pass', 'replace']).toContain(filter.fromServer(one).kind);
            continue;
          }
          const step = filter.fromGuest(one);
          if (step.kind === 'pass') expect(one.data.subarray(0, 2).toString('hex')).toBe('0000');
          if (step.kind === 'replace') {
            expect(isDocument).toBe(false);
            const update = new VarReader(step.message.data.subarray(1)).bytes();
            expect(readAwareness(update ?? Buffer.alloc(0))?.map(({ id }) => id)).toEqual([number]);
          }
          const sent = step.kind === 'pass' ? one : step.kind === 'replace' ? step.message : null;
          if (sent !== null) expect([sent.binary, serverWouldChange(sent.data)]).toEqual([true, false]);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
