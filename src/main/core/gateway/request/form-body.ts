/**
 * The bodies of Gatehouse's own forms. The attacks: a form that another site posts, and a body without an
 * end.
 */
import type { IncomingMessage } from 'node:http';
import type { Facts } from './facts.ts';
import { isFromElsewhere } from './fetch-metadata.ts';

/**
 * A form has no credential that could be checked, so it must show where it comes from. Only programs send
 * neither header.
 */
export function comesFromOwnPage(facts: Facts): boolean {
  if (facts.origin !== null && facts.origin !== facts.ownOrigin) return false;
  return !isFromElsewhere(facts);
}

const tooLong = { status: 413, message: 'The form is too long' };
const tooLate = { status: 408, message: 'The form did not arrive in time' };

/**
 * The body as text, or why there is none: a client that has shown no credential cannot keep a connection open
 * by sending nothing.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  maxMs: number,
): Promise<string | { readonly status: number; readonly message: string }> {
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof readBody>>>();
  const chunks: Buffer[] = [];
  let size = 0;
  const late = setTimeout(() => resolve(tooLate), maxMs).unref();
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) resolve(tooLong);
    else chunks.push(chunk);
  });
  request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  request.on('close', () => {
    clearTimeout(late);
    resolve(tooLong);
  });
  return promise;
}
