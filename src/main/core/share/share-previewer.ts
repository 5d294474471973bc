/**
 * What a link would mean, before it is made: roles in words, from where it works, and the warnings that are
 * true.
 */
import { networkInterfaces } from 'node:os';
import type { Role } from '../../../shared/model.ts';
import type { RoleOffer, SharePreview, SharePreviewRequest } from '../../../shared/share-model.ts';
import type { CertificateManager } from './certificate/certificate-manager.ts';
import { describeCertificate } from './to-contract.ts';
import { permissionsFor } from './ledger/message-permissions.ts';
import { listenChoices, listenTargetOf, exposureOf } from './network/network-exposure.ts';
import type { SharedServer } from '../share-ports.ts';
import { needsAcknowledgement, shareWarnings } from './share-warnings.ts';

export interface SharePreviewerDeps {
  readonly certificate: () => Promise<CertificateManager>;
  readonly user: string;
  readonly administrator: boolean;
  /** Where the server listens for guests now, else the setting. */
  readonly listen: (serverId: string) => string;
  readonly trustedNetworks: () => readonly string[];
}

/** Milliseconds for asking a server what its roles mean just now. */
const askMs = 3000;

export class SharePreviewer {
  readonly #deps: SharePreviewerDeps;
  /** As they were when somebody last asked; for the guests' page. */
  readonly #offers = new Map<string, readonly RoleOffer[]>();

  constructor(deps: SharePreviewerDeps) {
    this.#deps = deps;
  }

  /** What a role means. */
  offer(server: SharedServer, role: Role): RoleOffer {
    const known = this.#offers.get(server.id)?.find(offer => offer.role === role);
    return known ?? { role, title: role, can: [], cannot: [], runsCode: role !== 'viewer', note: null };
  }

  async offers(server: SharedServer): Promise<readonly RoleOffer[]> {
    const reach = server.state()?.reach;
    const upstream = reach?.kind === 'open' ? reach.upstream : null;
    const offers = await server.sharing.offers(upstream, AbortSignal.timeout(askMs));
    this.#offers.set(server.id, offers);
    return offers;
  }

  async preview(server: SharedServer, request: SharePreviewRequest): Promise<SharePreview> {
    const { user, administrator } = this.#deps;
    const roles = await this.offers(server);
    const certificate = await this.#deps.certificate();
    const interfaces = networkInterfaces();
    const listen = request.listen ?? this.#deps.listen(server.id);
    const { reach, network, words } = exposureOf(
      listenTargetOf(listen, interfaces),
      interfaces,
      this.#deps.trustedNetworks(),
    );
    const warnings = shareWarnings({
      role: request.role,
      serverName: server.name,
      user,
      // A role that is not known to be harmless is not called harmless.
      runsCode: runsCode(server, roles, request),
      reach,
      network,
      lifeMs: request.expiresSeconds * 1000,
      uses: request.uses,
      approval: request.approval,
      administrator,
      certificate: certificateKind(certificate),
    });
    return {
      server: server.id,
      serverName: server.name,
      roles,
      notOffered: server.sharing.notOffered.filter(one => !roles.some(({ role }) => role === one.role)),
      warnings,
      needsAcknowledgement: needsAcknowledgement(warnings),
      reach: words,
      places: listenChoices(interfaces),
      listen,
      certificate: describeCertificate(certificate),
    };
  }
}

function runsCode(
  { sharing: { rules } }: SharedServer,
  roles: readonly RoleOffer[],
  request: SharePreviewRequest,
): boolean {
  const permissions = permissionsFor(rules, request);
  const wide = permissions !== null && rules.messages?.runsCode(request.role, permissions) === true;
  return wide || (roles.find(({ role }) => role === request.role)?.runsCode ?? true);
}

/** One that only some browsers know (an organisation's own authority) is told of by its findings. */
function certificateKind(manager: CertificateManager): 'trusted' | 'local-authority' | 'self-signed' {
  const { kind } = manager.current();
  if (kind === 'local') return 'local-authority';
  return manager.findings().some(({ code }) => code === 'self-signed') ? 'self-signed' : 'trusted';
}
