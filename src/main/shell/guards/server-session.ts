/**
 * The browser session of one server: cookies, storage, cache and permissions of its own, and the token on its
 * own requests.
 */
import { dialog, session, type Session } from 'electron/main';
import type { ServerInfo } from '../../../shared/model.ts';
import { guardPermissions } from './permission-guard.ts';
import { question } from './web-permissions.ts';
import type { Grants } from './permission-grants.ts';
import type { ShellLog } from '../shell-ports.ts';
import { guardSession } from './session-guard.ts';
import type { SessionOrigins } from './session-origins.ts';
import type { RecentFailures } from '../windows/recent-failures.ts';
import type { TokenCache } from './token-cache.ts';

export interface ServerSessionDeps {
  readonly id: string;
  readonly tokens: TokenCache;
  readonly grants: Grants;
  readonly log: ShellLog;
  readonly own: () => string | null;
  readonly server: () => ServerInfo | null;
  /** The token is another one than before. */
  tokenChanged(): void;
  /** How a request failed, for a download that needs a reason. */
  readonly failures: RecentFailures;
}

/** Milliseconds between two questions for a token that was refused. */
const refreshPause = 2000;

export function serverSession(deps: ServerSessionDeps): Session {
  const partition = session.fromPartition(`persist:server-${deps.id}`);
  let asked = 0;
  guardSession(partition, {
    own: deps.own,
    id: deps.id,
    token: own => deps.tokens.reveal(deps.id, own),
    refused: () => {
      if (Date.now() - asked < refreshPause) return;
      asked = Date.now();
      void renewToken(deps);
    },
    ended: (url, failure) => deps.failures.note(url, failure),
  });
  guardPermissions(partition, {
    own: deps.own,
    remembered: name => deps.grants.get(deps.id, name),
    ask: name => ask(deps, name),
  });
  return partition;
}

async function renewToken(deps: ServerSessionDeps): Promise<void> {
  if (await deps.tokens.refresh(deps.id)) deps.tokenChanged();
}

async function ask(deps: ServerSessionDeps, name: string): Promise<boolean> {
  const text = question(deps.server()?.name ?? deps.id, name);
  const { response } = await dialog.showMessageBox({
    type: 'question',
    ...text,
    buttons: ['Don’t allow', 'Allow'],
    defaultId: 0,
    cancelId: 0,
  });
  deps.grants.set(deps.id, name, response === 1);
  return response === 1;
}

/**
 * Removes what pages of other origins left in the session, before the first page of `origin` is loaded:
 * earlier addresses of the server are nobody's any more, and a service worker is asked before any request
 * could be stopped.
 * @param origins which origin each session was last used for, kept over restarts of the app: a page of the
 *   same listener finds its data again
 */
export async function keepOnly(
  partition: Session,
  id: string,
  origin: string,
  origins: SessionOrigins,
): Promise<void> {
  if (origins.get(id) === origin) return;
  await partition.clearStorageData();
  await partition.clearCache();
  origins.set(id, origin);
}

/**
 * A system proxy must never see requests to this computer, least of all with a token on them. Chromium sends
 * `*.localhost` past every proxy unless it was told otherwise (`<-loopback>`); if it was, this session uses
 * none.
 */
export async function keepOffProxies(partition: Session, address: string, log: ShellLog): Promise<void> {
  const route = await partition.resolveProxy(address);
  if (route === 'DIRECT') return;
  log.warn('The system proxy is set to take requests to this computer; this window goes without a proxy.');
  await partition.setProxy({ mode: 'direct' });
}
