/**
 * The attack: a token that stays in a URL ends in the server's log, in the browser's history and in a
 * Referer. So the parameters that may carry a token are recognised in every spelling that a server would
 * decode to the same name, and never passed on.
 */
import { formDecoded } from '../../text/percent.ts';
import {
  splitPathToken,
  usualCredentialLocations,
  type CredentialLocations,
} from './credential-locations.ts';

export interface SplitTarget {
  /** Path and query without the tokens. */
  readonly target: string;
  /** The token in the path, and the values of the token parameters, decoded, in order. */
  readonly tokens: readonly string[];
}

const none: readonly string[] = [];

/** Splits the tokens off a request target in origin form. */
export function splitTokens(
  whole: string,
  credentialLocations: CredentialLocations = usualCredentialLocations,
): SplitTarget {
  const inPath = splitPathToken(whole, credentialLocations);
  if (inPath === null) return splitParameters(whole, credentialLocations);
  const { target, tokens } = splitParameters(inPath.target, credentialLocations);
  return { target, tokens: [inPath.token, ...tokens] };
}

function splitParameters(target: string, credentialLocations: CredentialLocations): SplitTarget {
  const mark = target.indexOf('?');
  if (mark < 0 || !credentialLocations.mayHold(target, mark)) return { target, tokens: none };
  const tokens: string[] = [];
  const kept: string[] = [];
  for (const pair of target.slice(mark + 1).split('&')) {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    if (credentialLocations.parameters.has(formDecoded(name)))
      tokens.push(equals < 0 ? '' : formDecoded(pair.slice(equals + 1)));
    else kept.push(pair);
  }
  if (tokens.length === 0) return { target, tokens: none };
  const path = target.slice(0, mark);
  return { target: kept.length === 0 ? path : `${path}?${kept.join('&')}`, tokens };
}
