/** Puts sharing together. Nothing is opened here: `share/sharing.ts` does that at the first use. */
import { hostname, networkInterfaces } from 'node:os';
import type { SharingAnswers } from './call-answers.ts';
import type { Announcer } from './announcer.ts';
import { gatewayTls } from './gateway-tls.ts';
import { defaultBudgets } from './gateway/guest/guest-budgets.ts';
import { GuestWork } from './gateway/guest/guest-work.ts';
import { defaultShareLimits, openShareGateway } from './gateway/guest/guest-gateway.ts';
import type { MayWrite } from './home/home-lock.ts';
import type { Launcher } from './launcher/launcher.ts';
import type { Paths } from './paths.ts';
import type { ListenerTls, Log, Redactor, SecretStore } from './ports.ts';
import type { LocalTls, UpstreamState } from './gateway-ports.ts';
import { startOf } from './server/process/processes.ts';
import type { SettingsStore } from './settings/store.ts';
import { makeGuestAccess } from './share/guest-access.ts';
import { guestSessionLimits } from './share/ledger/guest-sessions.ts';
import { createJoinLimits } from './share/ledger/join-limits.ts';
import type { JoinRequestTable } from './share/ledger/join-requests.ts';
import { machineNames, type HostNames } from './share/network/host-names.ts';
import { OpenSharing } from './share/open-sharing.ts';
import { ShareEventReporter } from './share/share-event-reporter.ts';
import type { SharedServer } from './share-ports.ts';
import { ShareListeners, type ShareListenersDeps } from './share/share-listeners.ts';
import { SharePreviewer } from './share/share-previewer.ts';
import {
  hasLedger,
  openShareStorage,
  type ShareStorage,
  type ShareStorageOptions,
} from './share/share-storage.ts';
import { Sharing } from './share/sharing.ts';
import { upkeepAnswers, type UpkeepAnswers } from './share/upkeep.ts';

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
  /** A server started, stopped or has another address. */
  follow(serverId: string, state: UpstreamState | null): void;
  forgotten(serverId: string): Promise<void>;
  /** For a local listener that speaks TLS. @param label first label of its name */
  gatewayTls(tls: ListenerTls, label: string): Promise<LocalTls>;
  close(): Promise<void>;
}

export function composeSharing(options: SharingOptions): ComposedSharing {
  const sharing = new Sharing({
    open: async () => openSharing(options, await openShareStorage(storageOptions(options))),
    wasShared: () => hasLedger(options.paths.data),
    server: id => options.launcher.shared(id),
    log: options.log,
  });
  return {
    answers: { ...answersOf(sharing), ...upkeepAnswers({ ...options, sharing }) },
    follow: (id, state) => void sharing.follow(id, state),
    forgotten: id => sharing.forgotten(id),
    gatewayTls: (tls, label) => gatewayTls(tls, label, { ...options, storage: () => sharing.open() }),
    close: () => sharing.close(),
  };
}

function openSharing(options: SharingOptions, storage: ShareStorage): OpenSharing {
  const { settings, log, user, announcer } = options;
  const { ledger, audit, certificate } = storage;
  const serverName = (id: string): string =>
    options.launcher.list().find(server => server.id === id)?.name ?? id;
  const joinRequests: JoinRequestTable = new Map();
  const reporter = new ShareEventReporter({
    ledger,
    audit,
    serverName,
    connections: (server, session) => listeners.connections(server, session),
    announce: (name, value) => announcer.announce(name, value),
  });
  const previewer = new SharePreviewer({
    certificate,
    user,
    administrator: process.getuid?.() === 0,
    listen: id => listeners.listenOf(id) ?? settings.get('sharing.listen'),
    trustedNetworks: () => settings.get('sharing.trustedNetworks'),
  });
  const left = (session: string): void => sharing.left(session);
  const listeners = listenersOf(
    options,
    storage,
    accessOf(options, { ledger, joinRequests, reporter, previewer, left }),
  );
  const sharing: OpenSharing = new OpenSharing({
    storage,
    listeners,
    previewer,
    reporter,
    joinRequests,
    serverName,
    user,
    endWithLastLink: () => settings.get('sharing.endWithLastLink'),
    log,
  });
  return sharing;
}

function listenersOf(
  { settings, log }: SharingOptions,
  { certificate, audit }: ShareStorage,
  access: ShareListenersDeps['access'],
): ShareListeners {
  // One thread serves all guests: their work is counted over all servers.
  const work = new GuestWork(defaultBudgets);
  return new ShareListeners({
    openShareGateway: rules => openShareGateway(rules, defaultShareLimits, work),
    access,
    certificate,
    audit,
    listen: () => settings.get('sharing.listen'),
    host: hostOf(settings),
    extraHosts: () => settings.get('sharing.names'),
    trustedProxies: () => settings.get('sharing.trustedProxies'),
    uploadBytes: () => settings.get('sharing.uploadMegabytes') * 1_000_000,
    log,
  });
}

interface AccessParts {
  readonly ledger: ShareStorage['ledger'];
  readonly joinRequests: JoinRequestTable;
  readonly reporter: ShareEventReporter;
  readonly previewer: SharePreviewer;
  readonly left: (session: string) => void;
}

function accessOf(
  { settings, user }: SharingOptions,
  { ledger, joinRequests, reporter, previewer, left }: AccessParts,
): ShareListenersDeps['access'] {
  const joins = createJoinLimits();
  return (server: SharedServer) =>
    makeGuestAccess({
      ledger,
      joinRequests,
      joins,
      serverId: server.id,
      serverName: () => server.name,
      owner: user,
      computer: hostname(),
      asksName: () => settings.get('sharing.askName'),
      offer: role => previewer.offer(server, role),
      joined: session => reporter.joined(session),
      waiting: request => reporter.asked(request),
      left,
      ended: session => reporter.whyEnded(session),
      note: event => reporter.note(server.id, event),
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

function storageOptions(options: SharingOptions): ShareStorageOptions {
  const { paths, settings } = options;
  return {
    ...options,
    data: paths.data,
    state: paths.state,
    owner: { pid: process.pid, host: hostname(), processes: { startOf } },
    limits: { ...guestSessionLimits, idleMs: settings.get('sharing.idleMinutes') * 60_000 },
    host: hostOf(settings),
    supplied: () => {
      const certificate = settings.get('sharing.certificateFile');
      return certificate === null ? null : { certificate, key: settings.get('sharing.keyFile') };
    },
    wanted: () => settings.get('sharing.names'),
    uid: paths.uid,
  };
}

function answersOf(sharing: Sharing): Omit<SharingAnswers, keyof UpkeepAnswers> {
  return {
    'share.preview': request => sharing.preview(request),
    'share.create': request => sharing.create(request),
    'share.links': () => sharing.links(),
    'share.revoke': link => sharing.revoke(link),
    'share.stop': server => sharing.stop(server),
    'share.listeners': async () => sharing.listeners(),
    'share.people': () => sharing.people(),
    'share.kick': session => sharing.kick(session),
    'share.waiting': () => sharing.joinRequests(),
    'share.answer': (id, { allow }) => sharing.answer(id, allow),
  };
}
