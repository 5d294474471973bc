/**
 * Attacks: a token with `&`, `#` or a line end in it means something else in a URL or a header than its owner
 * thinks; a short one is guessed. And the refusal itself must not give the token away, for it is printed
 * where others may look: it says where the fault is, never what stands there.
 */
import { GatehouseError } from '../errors.ts';
import { readSecretFile } from '../files.ts';
import { Secret } from '../secret.ts';

export interface SuppliedToken {
  readonly token: Secret<string>;
  /** True when it can be guessed: good for this computer, never for a share. */
  readonly weak: boolean;
  /** One sentence for the user; null when nothing is to be said. */
  readonly warning: string | null;
}

const longest = 512;
const strongLength = 16;
/** RFC 3986, 2.3: means the same in every part of a URL, in a header and in a cookie. */
const notUnreserved = /[^A-Za-z0-9\-._~]/;

/** Checks a token that the owner chose. Refuses with kind `usage`. */
export function checkSuppliedToken(value: string, source = 'GATEHOUSE_TOKEN'): SuppliedToken {
  if (value === '') throw refusal(source, 'is empty');
  if (value.length > longest) throw refusal(source, `has more than ${longest} characters`);
  const fault = value.search(notUnreserved);
  if (fault !== -1) {
    throw refusal(source, `has a character that is not allowed at position ${fault + 1}`);
  }
  const weak = value.length < strongLength;
  const warning = weak
    ? `The token from ${source} has fewer than ${strongLength} characters and can be guessed: it is used on this computer only and never opens a share.`
    : null;
  return { token: new Secret(value), weak, warning };
}

function refusal(source: string, fault: string): GatehouseError {
  return new GatehouseError('token-unusable', `The token from ${source} ${fault}.`, {
    nextStep: `Use ${strongLength} to ${longest} letters, digits, "-", ".", "_" or "~"; \`openssl rand -hex 32\` prints a good one.`,
    kind: 'usage',
  });
}

/**
 * The token that the owner supplied by GATEHOUSE_TOKEN or GATEHOUSE_TOKEN_FILE; null when neither is set. The
 * caller removes both from its environment afterwards, so that no child inherits them.
 */
export async function readSuppliedToken(
  environment: Readonly<Record<string, string | undefined>>,
  uid: number | null,
): Promise<SuppliedToken | null> {
  const value = environment['GATEHOUSE_TOKEN'];
  const file = environment['GATEHOUSE_TOKEN_FILE'];
  if (value !== undefined && file !== undefined) {
    throw new GatehouseError('token-twice', 'Both GATEHOUSE_TOKEN and GATEHOUSE_TOKEN_FILE are set.', {
      nextStep: 'Unset one of them.',
      kind: 'usage',
    });
  }
  if (value !== undefined) return checkSuppliedToken(value);
  if (file === undefined) return null;
  return checkSuppliedToken(await readSecretFile(file, uid), 'GATEHOUSE_TOKEN_FILE');
}
