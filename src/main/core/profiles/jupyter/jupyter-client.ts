/**
 * The attack: a Jupyter server is expected on a port, and somebody else's program is there first. Anyone who
 * sends it the upstream secret to find out has given the owner's account away. So the question is a nonce,
 * the answer is its HMAC under the secret, and nothing secret is sent before the answer was right.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { systemCode } from '../../errors.ts';
import type { Proof, Upstream } from '../../ports.ts';
import type { Secret } from '../../secret.ts';
import { ask } from '../common/ask.ts';

/** These names are spelled the same in shim/gatehouse_identity.py. */
export const secretHeader = 'X-Gatehouse-Upstream';
/**
 * Set by the gateway where no page can have made a browser send the credential; Jupyter then asks for no XSRF
 * cookie.
 */
export const explicitHeader = 'X-Gatehouse-Explicit';
export const userHeader = 'X-Gatehouse-User';
const nonceHeader = 'X-Gatehouse-Nonce';
const proofHeader = 'x-gatehouse-proof';
const proofPath = '/_gatehouse/proof';
const proofWords = 'gatehouse upstream proof 1:';

/** What our server answers to a nonce. */
export function proofFor(nonce: string, secret: Secret<string>): string {
  return createHmac('sha256', secret.reveal())
    .update(proofWords + nonce)
    .digest('hex');
}

/** Whether the answer can only come from a holder of the secret. */
export function isProof(answer: unknown, nonce: string, secret: Secret<string>): boolean {
  if (typeof answer !== 'string' || !/^[0-9a-f]{64}$/.test(answer)) return false;
  return timingSafeEqual(Buffer.from(answer), Buffer.from(proofFor(nonce, secret)));
}

export async function proveJupyter(
  upstream: Upstream,
  secret: Secret<string>,
  signal: AbortSignal,
): Promise<Proof> {
  const nonce = randomBytes(24).toString('base64url');
  try {
    const answer = await ask({
      address: upstream.address,
      host: upstream.host,
      path: proofPath,
      headers: { [nonceHeader]: nonce },
      signal,
    });
    if (isProof(answer.headers[proofHeader], nonce, secret)) return { kind: 'ours' };
    const detail = `Something answered with status ${answer.status} and could not prove to be this server.`;
    // Nobody but us can put a socket into our private folder, so there it is only too early.
    return upstream.address.kind === 'socket' ? { kind: 'not-yet', detail } : { kind: 'foreign', detail };
  } catch (error) {
    return notThere(error, upstream);
  }
}

function notThere(error: unknown, upstream: Upstream): Proof {
  const code = systemCode(error) || 'no answer';
  // It accepted, and spoke something else than HTTP: that is an answer too.
  if (upstream.address.kind === 'port' && code.startsWith('HPE_')) {
    return { kind: 'foreign', detail: 'Something answered that does not speak HTTP.' };
  }
  return { kind: 'not-yet', detail: `Not there yet (${code}).` };
}

export function ownHeaders(upstream: Upstream): Record<string, string> {
  return Object.fromEntries(upstream.headers.map(([name, value]) => [name, value.reveal()]));
}

/** Jupyter's own way out: it stops its kernels first. */
export async function askJupyterToStop(upstream: Upstream, signal: AbortSignal): Promise<void> {
  // XSRF checks are on, for us as well: the cookie and the header have to agree.
  const xsrf = randomBytes(16).toString('hex');
  const answer = await ask({
    address: upstream.address,
    host: upstream.host,
    method: 'POST',
    path: '/api/shutdown',
    headers: { ...ownHeaders(upstream), Cookie: `_xsrf=${xsrf}`, 'X-XSRFToken': xsrf, 'Content-Length': '0' },
    signal,
  });
  if (answer.status >= 300) throw new Error(`Jupyter answered the request to stop with ${answer.status}.`);
}

/**
 * Whether the server has jupyter-collaboration: its address for rooms knows PUT only, so a GET of it is 405
 * where it is there and 404 where it is not. Null where the server does not say.
 */
export async function hasLiveView(upstream: Upstream, signal: AbortSignal): Promise<boolean | null> {
  try {
    const { status } = await ask({
      address: upstream.address,
      host: upstream.host,
      path: '/api/collaboration/session/gatehouse-asks-whether-this-is-there',
      headers: ownHeaders(upstream),
      signal,
    });
    return status === 405 ? true : status === 404 ? false : null;
  } catch {
    return null;
  }
}

const kernels = z.array(z.object({ execution_state: z.string().optional() }));

export async function busyJupyterKernels(upstream: Upstream, signal: AbortSignal): Promise<number> {
  const answer = await ask({
    address: upstream.address,
    host: upstream.host,
    path: '/api/kernels',
    headers: ownHeaders(upstream),
    signal,
  });
  if (answer.status !== 200)
    throw new Error(`Jupyter answered the question for kernels with ${answer.status}.`);
  return kernels.parse(JSON.parse(answer.body)).filter(kernel => kernel.execution_state === 'busy').length;
}
