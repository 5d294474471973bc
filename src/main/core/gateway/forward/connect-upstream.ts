/**
 * The only way in which the gateway connects to a server. The attack: another account has taken the server's
 * port since it was last looked at. So a connection to a port is handed over only after it is known who holds
 * its other end, and until then nothing was sent on it. A Unix socket is in a private folder, where nobody
 * else listens.
 */
import { connect, type Socket } from 'node:net';
import { connectionTo } from '../../loopback.ts';
import type { Address, CheckHolder } from '../../ports.ts';

/** Milliseconds until a connection has to be made. */
const connectMs = 10_000;
/** As undici does for its own connections. */
const keepAliveMs = 60_000;

/** Tells one of the two, once. */
export async function connectUpstream(
  address: Address,
  checkHolder: CheckHolder,
  tell: { readonly connected: (socket: Socket) => void; readonly failed: (error: Error) => void },
): Promise<void> {
  const socket = await provedConnection(address, checkHolder).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
  if (socket instanceof Error) tell.failed(socket);
  else tell.connected(socket);
}

async function provedConnection(address: Address, checkHolder: CheckHolder): Promise<Socket> {
  const socket = connect(connectionTo(address));
  // Whoever uses it has a listener of his own; until then an error only ends it.
  socket.on('error', () => {});
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  await connected(socket);
  const { localPort, remoteFamily } = socket;
  if (address.kind === 'port' && localPort !== undefined) {
    const holder = await checkHolder({
      port: address.port,
      ownPort: localPort,
      six: remoteFamily === 'IPv6',
    });
    if (holder.kind !== 'ours') {
      socket.destroy();
      throw new Error(holder.detail);
    }
  }
  if (socket.destroyed) throw new Error('The server closed the connection before it was used.');
  return socket;
}

function connected(socket: Socket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = setTimeout(
    () => socket.destroy(new Error('The server took no connection in time.')),
    connectMs,
  );
  socket.once('connect', resolve);
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('The server took no connection.')));
  return promise.finally(() => clearTimeout(late));
}
