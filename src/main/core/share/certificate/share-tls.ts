/** What the share listener is handed of the certificate in use. */
import type { Clock } from '../../ports.ts';
import type { ShareTls } from '../../share-ports.ts';
import type { CertificateManager } from './certificate-manager.ts';
import { matchesName, type HostNames } from '../network/host-names.ts';
import { rotateTicketKeys } from './ticket-keys.ts';
import { strictTransport } from './strict-transport.ts';

/** @param own this computer's names and addresses, and those that the owner added */
export function shareTls(secretStore: CertificateManager, own: () => HostNames, clock: Clock): ShareTls {
  return {
    options: () => secretStore.options(),
    attach: server => secretStore.attach(server),
    rotateTickets: server => rotateTicketKeys(server),
    names() {
      const { host } = secretStore.current();
      const plain = host.names.filter(name => !name.startsWith('*.'));
      const stars = host.names.filter(name => name.startsWith('*.'));
      // Of a star only the names that we know to be ours: any other may belong to somebody else.
      const known = own().names.filter(name => stars.some(star => matchesName(star, name)));
      return [...new Set([...plain, ...known, ...host.addresses])];
    },
    strictTransport(host) {
      const verdict = strictTransport(secretStore.current(), host, clock());
      return verdict.send ? verdict.value : null;
    },
    get fingerprint() {
      return secretStore.current().fingerprint;
    },
    get authority() {
      return secretStore.current().authority;
    },
  };
}
