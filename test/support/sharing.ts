/*
 * Sharing in folders of its own: everything is real but the listener's gateway, which keeps what it is
 * told.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedactor } from '../../src/main/core/log/redact.ts';
import type { ShareGateway } from '../../src/main/core/share-ports.ts';
import {
  guestSessionLimits,
  type StoredGuestSession,
} from '../../src/main/core/share/ledger/guest-sessions.ts';
import type { JoinRequestTable } from '../../src/main/core/share/ledger/join-requests.ts';
import type { ListedLink } from '../../src/main/core/share/ledger/ledger.ts';
import { hostNames } from '../../src/main/core/share/network/host-names.ts';
import { OpenSharing } from '../../src/main/core/share/open-sharing.ts';
import { ShareEventReporter } from '../../src/main/core/share/share-event-reporter.ts';
import type { SharedServer } from '../../src/main/core/share-ports.ts';
import { ShareListeners } from '../../src/main/core/share/share-listeners.ts';
import { SharePreviewer } from '../../src/main/core/share/share-previewer.ts';
import {
  openShareStorage,
  type ShareStorage,
  type ShareStorageOptions,
} from '../../src/main/core/share/share-storage.ts';
import { memoryStore } from '../../src/main/core/vault/memory-store.ts';
import type { UpstreamState } from '../../src/main/core/gateway-ports.ts';
import type { ShareRequest } from '../../src/shared/share-model.ts';
import { day, guest } from './ledger.ts';
import { away } from './reach.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

export const shareRequest: ShareRequest = {
  server: 'thesis',
  role: 'editor',
  label: 'Ada',
  expiresSeconds: 3600,
  uses: null,
  approval: false,
  listen: '127.0.0.1',
  acknowledged: true,
};

export function sharedServer(change: Partial<SharedServer> = {}): SharedServer {
  const state: UpstreamState = { state: 'ready', reason: '', reach: away, landing: '/' };
  const offer = (role: 'viewer' | 'editor', runsCode: boolean) =>
    ({ role, title: role, can: [], cannot: [], runsCode, note: null }) as const;
  return {
    id: 'thesis',
    name: 'Thesis',
    sharing: {
      rules: { roles: ['viewer', 'editor'] } as unknown as SharedServer['sharing']['rules'],
      notOffered: [{ role: 'full', reason: 'this kind cannot.' }],
      offers: async () => [offer('viewer', false), offer('editor', true)],
    },
    clientCredential: undefined,
    look: async () => {},
    sharePort: null,
    shareListen: null,
    state: () => state,
    refusal: () => null,
    rememberShare: async () => {},
    ...change,
  };
}

/** Storage in a new folder, with secrets in memory. */
export async function openTestStorage(
  change: Partial<ShareStorageOptions> = {},
): Promise<{ readonly storage: ShareStorage; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sharing ü '));
  const storage = await openShareStorage({
    data: folder,
    state: folder,
    secretStore: memoryStore('A test.'),
    redactor: createRedactor(),
    log: quiet,
    owner: { pid: process.pid, host: 'here', processes: { startOf: async () => 'then' } },
    mayWrite: async () => {},
    limits: guestSessionLimits,
    host: () => hostNames(['localhost'], ['127.0.0.1']),
    supplied: () => null,
    wanted: () => [],
    uid: null,
    ...change,
  });
  return { storage, folder };
}

export interface TestSharing extends AsyncDisposable {
  readonly sharing: OpenSharing;
  readonly storage: ShareStorage;
  readonly previewer: SharePreviewer;
  readonly reporter: ShareEventReporter;
  readonly joinRequests: JoinRequestTable;
  /** What listeners were told, in order: `open`, `upstream ready`, `close`, `end` and the ids of sessions. */
  readonly told: string[];
  /** Names of events with their values. */
  readonly announced: [name: string, value: unknown][];
  /** Called at the moment at which a listener cuts sessions. */
  onCut: () => void;
  endWithLastLink: boolean;
  /** A link that is in the ledger only, and a guest who has joined by it. */
  guest(): Promise<{
    readonly link: ListedLink;
    readonly session: StoredGuestSession;
    readonly cookie: string;
  }>;
  events(): Promise<unknown[]>;
}

export async function openTestSharing(): Promise<TestSharing> {
  const { storage, folder } = await openTestStorage();
  const { ledger, audit, certificate } = storage;
  const told: string[] = [];
  const announced: TestSharing['announced'] = [];
  const joinRequests: JoinRequestTable = new Map();
  const reporter = new ShareEventReporter({
    ledger,
    audit,
    serverName: id => `The ${id}`,
    connections: (server, session) => listeners.connections(server, session),
    announce: (name, value) => announced.push([name, value]),
  });
  const gateway: ShareGateway = {
    port: 4711,
    setUpstream: ({ state }) => told.push(`upstream ${state}`),
    end: sessions => {
      told.push(`end ${[...sessions].join(' ')}`);
      test.onCut();
    },
    connections: () => 1,
    close: async () => void told.push('close'),
  };
  const listeners = new ShareListeners({
    openShareGateway: async () => {
      told.push('open');
      return gateway;
    },
    access: () => ({}) as never,
    certificate,
    audit,
    listen: () => '127.0.0.1',
    host: () => hostNames(['localhost'], ['127.0.0.1']),
    extraHosts: () => [],
    trustedProxies: () => [],
    uploadBytes: () => 1000,
    log: quiet,
  });
  const previewer = new SharePreviewer({
    certificate,
    user: 'mira',
    administrator: false,
    listen: () => '127.0.0.1',
    trustedNetworks: () => [],
  });
  const sharing = new OpenSharing({
    storage,
    listeners,
    previewer,
    reporter,
    joinRequests,
    serverName: id => `The ${id}`,
    user: 'mira',
    endWithLastLink: () => test.endWithLastLink,
    log: quiet,
  });
  const test: TestSharing = {
    sharing,
    storage,
    previewer,
    reporter,
    joinRequests,
    told,
    announced,
    onCut: () => {},
    endWithLastLink: false,
    async guest() {
      const { link, secret } = await ledger.make(day);
      const joined = await ledger.join({ id: link.id, secret: secret.reveal(), approved: false, guest });
      if (!joined.open) throw new Error(`Joining was refused: ${joined.reason}`);
      return { link, session: joined.session, cookie: joined.cookie.reveal() };
    },
    async events() {
      await audit.flush(true);
      const events = (await audit.read(100)).map(line => line['event']);
      return events.filter(event => event !== 'chain-started');
    },
    async [Symbol.asyncDispose]() {
      await sharing.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return test;
}
