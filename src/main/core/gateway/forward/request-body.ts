/** The body of a request on its way to the server, streaming, and watched where a guest sends it. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { WorkShare } from '../guest/guest-work.ts';

/** Looks at a body as it passes. Once it answers with a refusal, nothing more of that body is passed on. */
export type BodyWatch = (chunk: Buffer) => { readonly status: number; readonly message: string } | null;

/** What watches a guest's body, and what that may use of the core. */
export interface WatchedBody {
  readonly inspect: BodyWatch;
  readonly share: Pick<WorkShare, 'ready' | 'later' | 'run'>;
}

/**
 * The request body as a stream of its own. undici destroys the body when the server answers early and closes
 * (413), and destroying Node's request would cut the client's connection before it has read that answer.
 */
export function bodyOf(
  request: IncomingMessage,
  watch: WatchedBody | null,
  refuse: (refusal: { readonly status: number; readonly message: string }) => void,
): Readable {
  let isHeldUp = false;
  const body = new Readable({
    highWaterMark: 64 * 1024,
    read() {
      if (!isHeldUp) request.resume();
    },
    destroy(error, callback) {
      request.resume();
      callback(error);
    },
  });
  let refused = false;
  request.on('data', (chunk: Buffer) => {
    const refusal = refused ? null : inspected(watch, chunk);
    if (refusal !== null) {
      refused = true;
      refuse(refusal);
      body.destroy(new Error(refusal.message));
    }
    if (refused) return;
    const isFull = !body.destroyed && !body.push(chunk);
    if (isFull) request.pause();
    if (watch === null || isHeldUp || watch.share.ready()) return;
    // The guest has used up what may be done for them: the rest of the body waits.
    isHeldUp = true;
    request.pause();
    const goOn = (): void => {
      if (!request.destroyed && !watch.share.ready()) {
        watch.share.later(goOn);
        return;
      }
      isHeldUp = false;
      if (body.destroyed || body.readableLength < body.readableHighWaterMark) request.resume();
    };
    watch.share.later(goOn);
  });
  request.on('end', () => body.push(null));
  request.on('close', () => {
    if (!request.complete) body.destroy(new Error('the client went away'));
  });
  return body;
}

function inspected(watch: WatchedBody | null, chunk: Buffer): ReturnType<BodyWatch> {
  return watch === null ? null : watch.share.run(chunk.length, () => watch.inspect(chunk));
}
