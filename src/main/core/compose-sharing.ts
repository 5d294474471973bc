/** Puts sharing together: nothing is opened, asked of the keychain or listened on before it is used. */
import { access } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import type { SharingAnswers } from './call-answers.ts';
import type { Announcer } from './announcer.ts';
import { gatewayTls } from './gateway-tls.ts';
import { readSecretFile } from './files.ts';
import { GatehouseError } from './errors.ts';
import { defaultBudgets } from './gateway/guest/guest-budgets.ts';
import { GuestWork } from './gateway/guest/guest-work.ts';
import { defaultShareLimits, openShareGateway } from './gateway/guest/guest-gateway.ts';
import type { MayWrite } from './home/home-lock.ts';
import type { Launcher } from './launcher/launcher.ts';
import type { Paths } from './paths.ts';
import type { ListenerTls, Log, Redactor, SecretStore } from './ports.ts';
import type { LocalTls, UpstreamState } from './gateway-ports.ts';
import { Secret } from './secret.ts';
import type { GuestAccess, SharedServer } from './share-ports.ts';
import { startOf } from './server/process/processes.ts';
import type { SettingsStore } from './settings/store.ts';
import type { JoinRequestTable } from './share/ledger/join-requests.ts';
import { refuseAuditOfMemory } from './share/audit/audit-without-key.ts';
import { describeAudit, describeAuthority, describeCertificate } from './share/to-contract.ts';
import { makeGuestAccess } from './share/guest-access.ts';
import { exportAuthority } from './share/certificate/authority.ts';
import { guestSessionLimits } from './share/ledger/guest-sessions.ts';
import { createJoinLimits, type JoinLimits } from './share/ledger/join-limits.ts';
import { rotateInstallationKey } from './share/ledger/installation-key.ts';
import { machineNames, type HostNames } from './share/network/host-names.ts';
import { passphraseEntry } from './share/certificate/key-passphrase.ts';
import { noAuthority, noKeyFile } from './share/share-errors.ts';
import { ShareListeners } from './share/share-listeners.ts';
import { SharePreviewer } from './share/share-previewer.ts';
import { ledgerFileOf, onceOpened, openShareStorage, type ShareStorage } from './share/share-storage.ts';
import { ShareEventReporter } from './share/share-event-reporter.ts';
import { Sharing } from './share/sharing.ts';
import { JoinRequestList } from './share/join-request-list.ts';

export interface SharingOptions {
  readonly paths: Paths;
  readonly user: string;
  readonly secretStore: SecretStore;
  readonly settings: SettingsStore;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly announcer: Announcer;
  readonly launcher: Launcher;
  readonly mayWrite: MayWrite;
}

export interface ComposedSharing {
  readonly answers: SharingAnswers;
  /** A server came up, went, or has another address. */
  follow(serverId: string, state: UpstreamState | null): void;
  forgotten(serverId: string): Promise<void>;
  /** For a local listener that is to speak TLS. @param label first label of its name */
  gatewayTls(tls: ListenerTls, label: string): Promise<LocalTls>;
  close(): Promise<void>;
}

/** What the parts below have in common. */
interface Pieces extends SharingOptions {
  readonly joinRequests: JoinRequestTable;
  readonly joins: JoinLimits;
  readonly storage: () => Promise<ShareStorage>;
  readonly reporter: ShareEventReporter;
  readonly previewer: SharePreviewer;
  /** A guest goes. */
  readonly left: (storage: ShareStorage, session: string) => void;
}

export function composeSharing(options: SharingOptions): ComposedSharing {
  const { settings, launcher, log, user, paths, announcer } = options;
  const once = onceOpened(() => openShareStorage(roomsOptions(options, hostOf(settings))));
  const knownStorage = async (): Promise<ShareStorage | null> => {
    const opened = await once.known();
    if (opened !== null) return opened;
    return (await isThere(ledgerFileOf(paths.data))) ? once.get() : null;
  };
  const reporter = new ShareEventReporter({
    serverName: id => launcher.list().find(server => server.id === id)?.name ?? id,
    connections: (server, session) => listeners.connections(server, session),
    announce: (name, value) => announcer.announce(name, value),
  });
  const previewer = new SharePreviewer({
    storage: once.get,
    user,
    administrator: process.getuid?.() === 0,
    listen: id => listeners.listenOf(id) ?? settings.get('sharing.listen'),
    trustedNetworks: () => settings.get('sharing.trustedNetworks'),
  });
  const joinRequests: JoinRequestTable = new Map();
  const left: Pieces['left'] = (storage, session) => sharing.left(storage, session);
  const joins = createJoinLimits();
  const pieces: Pieces = { ...options, joinRequests, joins, storage: once.get, reporter, previewer, left };
  const listeners = listenersOf(pieces);
  const sharing = new Sharing({
    storage: once.get,
    knownStorage,
    storageIfOpen: once.known,
    server: id => launcher.shared(id),
    serverName: id => launcher.list().find(server => server.id === id)?.name ?? id,
    listeners,
    previewer,
    joinRequests,
    reporter,
    user,
    endWithLastLink: () => settings.get('sharing.endWithLastLink'),
    log,
  });
  return {
    answers: {
      ...answersOf(
        sharing,
        listeners,
        new JoinRequestList({ storage: knownStorage, joinRequests, reporter, user }),
      ),
      ...upkeepAnswers(options, once.get, knownStorage),
    },
    follow: (id, state) => void sharing.follow(id, state),
    forgotten: id => sharing.forgotten(id),
    gatewayTls: (tls, label) => gatewayTls(tls, label, { ...options, storage: once.get }),
    close: () => sharing.close(),
  };
}

function listenersOf(pieces: Pieces): ShareListeners {
  const { settings, log } = pieces;
  // One thread serves all: what is done for guests is counted over all servers.
  const work = new GuestWork(defaultBudgets);
  return new ShareListeners({
    openShareGateway: rules => openShareGateway(rules, defaultShareLimits, work),
    access: (server, storage) => deskOf(pieces, server, storage),
    listen: () => settings.get('sharing.listen'),
    host: hostOf(settings),
    extraHosts: () => settings.get('sharing.names'),
    trustedProxies: () => settings.get('sharing.trustedProxies'),
    uploadBytes: () => settings.get('sharing.uploadMegabytes') * 1_000_000,
    log,
  });
}

function deskOf(pieces: Pieces, server: SharedServer, storage: ShareStorage): GuestAccess {
  const { settings, joinRequests, joins, reporter, previewer, user, left } = pieces;
  return makeGuestAccess({
    ledger: storage.ledger,
    joinRequests,
    joins,
    serverId: server.id,
    serverName: () => server.name,
    owner: user,
    computer: hostname(),
    asksName: () => settings.get('sharing.askName'),
    offer: role => previewer.offer(server, role),
    joined: guest => reporter.joined(storage, guest),
    waiting: wait => reporter.asked(storage, wait),
    left: session => left(storage, session),
    ended: session => reporter.whyEnded(session),
    note: event => reporter.note(storage, server.id, event),
  });
}

function hostOf(settings: SettingsStore): () => HostNames {
  return () =>
    machineNames({
      hostname: hostname(),
      interfaces: networkInterfaces(),
      place: { kind: 'all' },
      extra: settings.get('sharing.names'),
    });
}

function roomsOptions(
  options: SharingOptions,
  host: () => HostNames,
): Parameters<typeof openShareStorage>[0] {
  const { paths, settings } = options;
  return {
    ...options,
    data: paths.data,
    state: paths.state,
    owner: { pid: process.pid, host: hostname(), processes: { startOf } },
    limits: { ...guestSessionLimits, idleMs: settings.get('sharing.idleMinutes') * 60_000 },
    host,
    supplied: () => {
      const certificate = settings.get('sharing.certificateFile');
      return certificate === null ? null : { certificate, key: settings.get('sharing.keyFile') };
    },
    wanted: () => settings.get('sharing.names'),
    uid: paths.uid,
  };
}

type ShareAnswers = Pick<
  SharingAnswers,
  Exclude<Extract<keyof SharingAnswers, `share.${string}`>, 'share.certificate' | 'share.keyPassphrase'>
>;

function answersOf(sharing: Sharing, listeners: ShareListeners, waiting: JoinRequestList): ShareAnswers {
  return {
    'share.preview': request => sharing.preview(request),
    'share.create': request => sharing.create(request),
    'share.links': () => sharing.links(),
    'share.revoke': link => sharing.revoke(link),
    'share.stop': server => sharing.stop(server),
    'share.listeners': async () => listeners.list(),
    'share.people': () => sharing.people(),
    'share.kick': session => sharing.kick(session),
    'share.waiting': () => waiting.list(),
    'share.answer': (id, { allow }) => waiting.answer(id, allow),
  };
}

function upkeepAnswers(
  { secretStore, redactor, settings, paths }: SharingOptions,
  storage: () => Promise<ShareStorage>,
  knownStorage: () => Promise<ShareStorage | null>,
): Omit<SharingAnswers, keyof ReturnType<typeof answersOf>> {
  return {
    'share.certificate': async () => describeCertificate(await (await storage()).certificate()),
    'share.keyPassphrase': async passphrase => {
      const file = settings.get('sharing.keyFile') ?? settings.get('sharing.certificateFile');
      if (file === null) throw noKeyFile();
      const secret = new Secret(passphrase);
      redactor.learn(secret);
      await secretStore.set(passphraseEntry(file), secret);
      const certificate = await (await storage()).certificate();
      await certificate.look();
      return describeCertificate(certificate);
    },
    'authority.info': async () => {
      if (settings.get('sharing.certificateFile') !== null) throw noAuthority();
      const { authorities } = await storage();
      return describeAuthority(exportAuthority(await authorities.get(Date.now())));
    },
    'authority.replace': async () => {
      const opened = await storage();
      const replaced = await opened.authorities.replace(Date.now());
      await (await opened.certificate()).look();
      return describeAuthority(exportAuthority(replaced));
    },
    'audit.read': async ({ lines }) => {
      const known = await knownStorage();
      if (known === null) await refuseAuditOfMemory(secretStore, paths.data);
      return known?.audit.read(lines) ?? [];
    },
    'audit.verify': async () => {
      if ((await knownStorage()) === null) await refuseAuditOfMemory(secretStore, paths.data);
      return describeAudit(await (await storage()).audit.verify());
    },
    'secret.rotate': async ({ keyFile }) => {
      const { ledger, audit } = await storage();
      const own = keyFile === undefined ? undefined : await keyFrom(keyFile, paths.uid);
      await rotateInstallationKey(secretStore, redactor, keys => ledger.rekey(keys), own);
      await audit.rekey(ledger.auditKeys());
    },
  };
}

/** 32 random bytes as base64url, or any text of at least that much. */
async function keyFrom(path: string, uid: number | null): Promise<Secret<string>> {
  const text = await readSecretFile(path, uid);
  if (text.length >= 43) return new Secret(text);
  throw new GatehouseError('key-too-short', `The key in ${path} is shorter than 256 bits.`, {
    kind: 'usage',
    nextStep: 'Make one with `openssl rand -base64 32`, in a file that only you can read.',
  });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
