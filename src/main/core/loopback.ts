/**
 * How a server's port is dialled: 127.0.0.1 first and, where nothing listens there, ::1, which is all that
 * `localhost` means to some servers (Node on macOS, Windows and Fedora). The attack: another account listens
 * at the address that the server left free. So every look and every connection goes in this one order, and
 * who is reached is asked of the system.
 */
import type { RequestOptions } from 'node:http';
import type { LookupFunction, NetConnectOpts } from 'node:net';
import type { Address } from './upstream.ts';

const loopback = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

const lookup: LookupFunction = (_host, { all }, done) => {
  if (all === true) done(null, loopback);
  else done(null, '127.0.0.1', 4);
};

/**
 * Options of a connection. The second address is tried when the first refuses, and not because it is slow.
 */
export const dialLoopback = {
  host: 'localhost',
  lookup,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: 10_000,
} as const;

/** Where `net.connect` goes for an address. */
export function connectionTo(address: Address): NetConnectOpts {
  return address.kind === 'socket' ? { path: address.path } : { ...dialLoopback, port: address.port };
}

/** The same for `http.request`, in which `path` is another thing. */
export function requestTo(address: Address): RequestOptions {
  return address.kind === 'socket' ? { socketPath: address.path } : { ...dialLoopback, port: address.port };
}
