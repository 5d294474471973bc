/**
 * The client's address, where reverse proxies stand in front. The attack (home-assistant 14345, 58326): a
 * client writes `X-Forwarded-For` itself and is another client with every request, so that no limit by
 * address meets it. So a proxy is known by its address, never by how many there are said to be: the header is
 * read from the right, as long as whoever wrote the next value is itself a proxy of these networks. A client
 * that comes past the proxies is its own address, whatever it says.
 */
import { BlockList, isIP } from 'node:net';

export class TrustedProxies {
  readonly #list: BlockList | null;
  readonly #silent: (proxy: string) => void;
  #wasSilent = false;

  /**
   * @param networks ranges such as `10.0.0.0/8`, as the settings allow them
   * @param silent told once of the address of a proxy that names no client
   */
  constructor(networks: readonly string[], silent: (proxy: string) => void = () => {}) {
    this.#silent = silent;
    this.#list = networks.length === 0 ? null : new BlockList();
    for (const network of networks) {
      const [address = '', prefix] = network.split('/');
      this.#list?.addSubnet(address, Number(prefix), familyOf(address));
    }
  }

  has(address: string): boolean {
    return this.#list !== null && isIP(address) !== 0 && this.#list.check(address, familyOf(address));
  }

  /** The address of the client. @param forwardedFor all values of X-Forwarded-For, '' for none */
  clientOf(peer: string, forwardedFor: string): string {
    if (!this.has(peer)) return peer;
    if (forwardedFor === '') this.#noteSilent(peer);
    const named = forwardedFor.split(',').slice(-maxChainLength);
    let client = peer;
    while (this.has(client)) {
      const before = addressIn(named.pop() ?? '');
      if (before === null) break;
      client = before;
    }
    return client;
  }

  #noteSilent(peer: string): void {
    if (this.#wasSilent) return;
    this.#wasSilent = true;
    this.#silent(peer);
  }
}

export const silentProxy =
  'A trusted reverse proxy names no client in X-Forwarded-For: all who come through it count as one.';

/** Proxies of one request; what stands further left is not read. */
const maxChainLength = 20;

/** With the port that some proxies write: `192.0.2.1:5000`, `[2001:db8::1]:5000`. */
function addressIn(value: string): string | null {
  const text = value.trim();
  const bare = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1');
  return isIP(bare) === 0 ? null : bare;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
