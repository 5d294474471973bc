/**
 * The attack: a server's own client shows the token where only that server looks (a header, a parameter, the
 * path, a subprotocol), the gateway does not know the place, and the token goes on to the server, its log and
 * its pages. So a profile names these places, and each of them is read and emptied here.
 */
import type { ClientCredential } from '../../ports.ts';

/** Where a credential may stand in a request, other than in the usual places. Made once for a listener. */
export interface CredentialLocations {
  /** Query parameters, decoded. */
  readonly parameters: ReadonlySet<string>;
  /** Cheap and never wrong about "no": whether a query may have one of them. */
  mayHold(target: string, from: number): boolean;
  /** Names in lower case with `-` for every odd mark. */
  readonly headers: ReadonlySet<string>;
  /** `/core/` */
  readonly pathPrefix: string | null;
  readonly subprotocol: boolean;
}

/** Jupyter's own spelling and ours. */
const usualParameters = ['token', 'gatehouse-token'];

export const usualCredentialLocations: CredentialLocations = credentialLocationsOf(undefined);

export function credentialLocationsOf(client: ClientCredential | undefined): CredentialLocations {
  const parameters = new Set([...usualParameters, ...(client?.parameters ?? [])]);
  // A name can only decode to one of these if it has its letters, or a percent sign.
  const needles = [...parameters].filter(name => !name.includes('token'));
  return {
    parameters,
    mayHold: (target, from) =>
      target.includes('token', from) ||
      target.includes('%', from) ||
      needles.some(needle => target.includes(needle, from)),
    headers: new Set(client?.headers.map(name => name.toLowerCase().replaceAll('_', '-'))),
    pathPrefix: client?.pathPrefix ?? null,
    subprotocol: client?.subprotocol ?? false,
  };
}

/** The path without the token in it, and the token; null where there is none. */
export function splitPathToken(
  target: string,
  { pathPrefix }: CredentialLocations,
): { readonly target: string; readonly token: string } | null {
  if (pathPrefix === null || !target.startsWith(pathPrefix)) return null;
  const [token = ''] = target.slice(pathPrefix.length).split(/[/?]/, 1);
  if (token === '') return null;
  return { target: pathPrefix.slice(0, -1) + target.slice(pathPrefix.length + token.length), token };
}

/**
 * The name of a subprotocol that carries nothing: a browser that offers one wants to be answered with one.
 */
export const ownSubprotocol = 'gatehouse';
const carrier = `${ownSubprotocol}.`;

export interface SplitSubprotocols {
  /** What is left to offer to the server, joined by `, `. */
  readonly offered: string;
  readonly tokens: readonly string[];
  /** The client also offered `gatehouse`, and has to be answered with it where the server chooses none. */
  readonly wantsAnswer: boolean;
}

/** @param value Sec-WebSocket-Protocol, of all lines */
export function splitSubprotocols(
  value: string,
  { subprotocol }: CredentialLocations,
): SplitSubprotocols | null {
  if (!subprotocol || !value.includes(carrier)) return null;
  const all = value
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
  const tokens = all.filter(name => name.startsWith(carrier)).map(name => name.slice(carrier.length));
  if (tokens.length === 0) return null;
  const offered = all.filter(name => !name.startsWith(carrier) && name !== ownSubprotocol).join(', ');
  return { offered, tokens, wantsAnswer: all.includes(ownSubprotocol) };
}
