/**
 * What a local listener that speaks TLS shows. The attacks on it: a certificate that names more than this
 * listener, which then answers for other servers of the computer; and one that names the listener's own host
 * to whoever connects: who knows that name can lead the owner's browser to a port of theirs, which gets the
 * session cookie. So the certificate for everybody has this computer's loopback names alone, and one with the
 * own host is shown to a client that names it first.
 */
import { createSecureContext } from 'node:tls';
import type { LocalTls } from './gateway-ports.ts';
import type { ListenerTls, Redactor, SecretStore } from './ports.ts';
import { createPrivateKey } from 'node:crypto';
import { Secret } from './secret.ts';
import type { AuthorityStore } from './share/certificate/authority-store.ts';
import { issueLeaf, type Leaf } from './share/certificate/leaf.ts';
import { hostNames } from './share/network/host-names.ts';
import { keptPassphrase } from './share/certificate/key-passphrase.ts';
import { asError, readSupplied } from './share/certificate/supplied.ts';
import { tlsOptions } from './share/certificate/tls-options.ts';
import { systemRoots } from './share/certificate/system-trust.ts';

export interface GatewayTlsDeps {
  /** With this installation's own authority, which guests of shares know too. */
  readonly storage: () => Promise<{ readonly authorities: AuthorityStore }>;
  readonly secretStore: SecretStore;
  readonly redactor: Redactor;
  readonly paths: { readonly uid: number | null };
}

/**
 * Read once, as the door is opened. Throws GatehouseError where the files cannot be used. @param label first
 * label of the door's name
 */
export async function gatewayTls(wish: ListenerTls, label: string, deps: GatewayTlsDeps): Promise<LocalTls> {
  const own = `${label}.localhost`;
  const now = Date.now();
  const { secretStore, redactor, paths } = deps;
  if (wish.kind === 'files') {
    const { certificate, key } = wish;
    const { certificate: usable, findings } = await readSupplied(
      {
        files: { certificate, key },
        passphrases: keptPassphrase({
          secretStore,
          redactor,
          path: key ?? certificate,
          ask: () => Promise.resolve(null),
        }),
        wanted: [],
        own: [own, ...loopback.names, ...loopback.addresses],
        roots: systemRoots,
        uid: paths.uid,
      },
      now,
    );
    if (usable === null) throw asError(findings);
    return tlsOptions(usable);
  }
  const { authorities } = await deps.storage();
  const authority = await authorities.get(now);
  const everybodys = await issueLeaf(authority, loopback, now, 'localhost');
  const named = createSecureContext(
    tlsOptions(shown(await issueLeaf(authority, hostNames([own], []), now, 'localhost'))),
  );
  return {
    ...tlsOptions(shown(everybodys)),
    SNICallback: (name, done) => (name.toLowerCase() === own ? done(null, named) : done(null)),
  };
}

const loopback = hostNames(['localhost'], ['127.0.0.1', '::1']);

function shown({ certificate, key }: Leaf): Parameters<typeof tlsOptions>[0] {
  const opened = createPrivateKey({ key: key.reveal(), format: 'der', type: 'pkcs8' });
  const pem = opened.export({ format: 'pem', type: 'pkcs8' });
  return { chain: certificate.toString(), key: new Secret(pem.toString()) };
}
