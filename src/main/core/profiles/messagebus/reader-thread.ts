/** The other thread of `reader.ts`: reads one message after another. */
import { parentPort } from 'node:worker_threads';
import type { ReaderAnswer, ReaderQuestion } from './reader.ts';
import { readBusMessage, readGuestMessage } from './read-message.ts';

parentPort?.on('message', ({ id, bytes, speaker }: ReaderQuestion) => {
  const begun = performance.now();
  const message = { binary: false, data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) };
  const reading =
    speaker === null ? readBusMessage(message) : readGuestMessage(message, speaker.role, speaker.guest);
  const answer: ReaderAnswer = { id, reading, ms: performance.now() - begun };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(answer);
});
