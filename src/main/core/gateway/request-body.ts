/** The body of a request on its way to the server, streaming, and watched where a guest sends it. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** Looks at a body as it passes. Once it answers with a refusal, nothing more of that body is passed on. */
export type BodyWatch = (chunk: Buffer) => { readonly status: number; readonly message: string } | null;

/**
 * The request body as a stream of its own. undici destroys the body when the server answers early and closes (413), and destroying Node's
 * request would cut the client's connection before it has read that answer.
 */
export function bodyOf(
  request: IncomingMessage,
  watch: BodyWatch | null,
  refuse: (refusal: { readonly status: number; readonly message: string }) => void,
): Readable {
  const body = new Readable({
    highWaterMark: 64 * 1024,
    read() {
      request.resume();
    },
    destroy(error, callback) {
      request.resume();
      callback(error);
    },
  });
  let refused = false;
  request.on('data', (chunk: Buffer) => {
    const refusal = refused ? null : (watch?.(chunk) ?? null);
    if (refusal !== null) {
      refused = true;
      refuse(refusal);
      body.destroy(new Error(refusal.message));
    }
    if (refused) return;
    if (!body.destroyed && !body.push(chunk)) request.pause();
  });
  request.on('end', () => body.push(null));
  request.on('close', () => {
    if (!request.complete) body.destroy(new Error('the client went away'));
  });
  return body;
}
