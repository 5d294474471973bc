import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameBoundaries } from '../../../../src/main/core/gateway/websocket/frame-boundaries.ts';
import {
  controlFrame,
  FrameReader,
  messageFrame,
} from '../../../../src/main/core/gateway/websocket/frames.ts';

function piece(first: number, length: number): Buffer {
  const frame = messageFrame({ binary: true, data: Buffer.alloc(length, 120) }, null);
  frame[0] = first;
  return frame;
}

test('an answer that is put there is a message of its own, however the rest is cut', () => {
  const frame = fc.record({
    length: fc.constantFrom(0, 1, 5, 125, 126, 300, 65_536),
    final: fc.boolean(),
    ping: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.nat(200), { maxLength: 12 }),
      (frames, sizes) => {
        let open = false;
        const parts: Buffer[] = [];
        for (const { length, final, ping } of frames) {
          if (ping) parts.push(controlFrame('ping', Buffer.from('p'), null));
          parts.push(piece((final ? 128 : 0) + (open ? 0 : 2), length));
          open = !final;
        }
        const bytes = Buffer.concat(parts);
        const answer = messageFrame({ binary: false, data: Buffer.from('ours') }, null);
        const boundaries = new FrameBoundaries();
        const sent: Buffer[] = [];
        let put = 0;
        for (let at = 0; at < bytes.length || at === 0;) {
          const chunk = bytes.subarray(at, at + (sizes.shift() ?? bytes.length) + 1);
          at += Math.max(chunk.length, 1);
          const place = boundaries.push(chunk);
          if (place === null) sent.push(chunk);
          else {
            put += 1;
            sent.push(chunk.subarray(0, place), answer, chunk.subarray(place));
          }
          // At a chunk's end it is known for certain.
          expect(boundaries.between).toBe(place === chunk.length);
        }
        const whole = { masked: false, messageBytes: 1_000_000 };
        const alone = new FrameReader(whole).push(bytes);
        const events = new FrameReader(whole).push(Buffer.concat(sent));
        const ours = events.filter(event => event.kind === 'message' && !event.binary);
        expect(ours.map(event => 'data' in event && event.data.toString())).toEqual(
          Array.from({ length: put }, () => 'ours'),
        );
        expect(events.filter(event => !ours.includes(event))).toEqual(alone);
      },
    ),
    { numRuns: 500 },
  );
});

test('what no server sends is broken, and nothing is put there any more', () => {
  for (const bytes of [
    [0x82, 0x80],
    [0xc2, 0x00],
    [0x92, 0x00],
  ]) {
    const boundaries = new FrameBoundaries();
    boundaries.push(Buffer.from(bytes));
    expect([boundaries.broken, boundaries.between, boundaries.push(Buffer.from([0x82, 0]))]).toEqual([
      true,
      false,
      null,
    ]);
  }
});

test('garbage never throws', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), chunks => {
      const boundaries = new FrameBoundaries();
      for (const chunk of chunks) {
        const place = boundaries.push(Buffer.from(chunk));
        expect(place === null || (place >= 0 && place <= chunk.length)).toBe(true);
      }
    }),
  );
});
