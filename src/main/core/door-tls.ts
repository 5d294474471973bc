/** What a local listener that speaks TLS shows. The attack on it: a certificate that names more than this door, which then answers for other servers of the computer. */
import type { SecureContextOptions } from 'node:tls';
import type { DoorTls, Redactor, SecretKeeper } from './ports.ts';
import { createPrivateKey } from 'node:crypto';
import { Secret } from './secret.ts';
import type { AuthorityStore } from './share/authority-store.ts';
import { issueLeaf } from './share/leaf.ts';
import { hostNames } from './share/names.ts';
import { keptPassphrase } from './share/passphrase.ts';
import { asError, readSupplied } from './share/supplied.ts';
import { tlsOptions } from './share/tls-options.ts';
import { systemRoots } from './share/trust.ts';

export interface DoorTlsParts {
  /** With this installation's own authority, which guests of shares know too. */
  readonly rooms: () => Promise<{ readonly authorities: AuthorityStore }>;
  readonly keeper: SecretKeeper;
  readonly redactor: Redactor;
  readonly paths: { readonly uid: number | null };
}

/** Read once, as the door is opened. Throws GatehouseError where the files cannot be used. @param label first label of the door's name */
export async function doorTls(
  wish: DoorTls,
  label: string,
  parts: DoorTlsParts,
): Promise<SecureContextOptions> {
  const host = hostNames([`${label}.localhost`, 'localhost'], ['127.0.0.1', '::1']);
  const now = Date.now();
  const { keeper, redactor, paths } = parts;
  if (wish.kind === 'files') {
    const { certificate, key } = wish;
    const { certificate: usable, findings } = await readSupplied(
      {
        files: { certificate, key },
        passphrases: keptPassphrase({
          keeper,
          redactor,
          path: key ?? certificate,
          ask: () => Promise.resolve(null),
        }),
        wanted: [],
        own: [...host.names, ...host.addresses],
        roots: systemRoots,
        uid: paths.uid,
      },
      now,
    );
    if (usable === null) throw asError(findings);
    return tlsOptions(usable);
  }
  const { authorities } = await parts.rooms();
  const leaf = await issueLeaf(await authorities.get(now), host, now);
  const pem = createPrivateKey({ key: leaf.key.reveal(), format: 'der', type: 'pkcs8' }).export({
    format: 'pem',
    type: 'pkcs8',
  });
  return tlsOptions({ chain: leaf.certificate.toString(), key: new Secret(pem.toString()) });
}
