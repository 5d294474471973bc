/** The browser session of one server: cookies, storage, cache and permissions of its own, and the token on its own requests. */
import { dialog, session, type Session } from 'electron/main';
import type { ServerInfo } from '../../shared/model.ts';
import { guardPermissions } from './permission-guard.ts';
import { question } from './web-permissions.ts';
import type { Grants } from './permission-grants.ts';
import type { ShellLog } from './shell-ports.ts';
import { guardSession } from './session-guard.ts';
import type { SessionOrigins } from './session-origins.ts';
import type { TokenKeeper } from './token-cache.ts';

export interface SessionParts {
  readonly id: string;
  readonly tokens: TokenKeeper;
  readonly grants: Grants;
  readonly log: ShellLog;
  readonly own: () => string | null;
  readonly server: () => ServerInfo | null;
  /** The token is another one than before. */
  tokenChanged(): void;
}

/** Milliseconds between two questions for a token that was refused. */
const refreshPause = 2000;

export function serverSession(parts: SessionParts): Session {
  const partition = session.fromPartition(`persist:server-${parts.id}`);
  let asked = 0;
  guardSession(partition, {
    own: parts.own,
    id: parts.id,
    token: own => parts.tokens.reveal(parts.id, own),
    refused: () => {
      if (Date.now() - asked < refreshPause) return;
      asked = Date.now();
      void renewToken(parts);
    },
  });
  guardPermissions(partition, {
    own: parts.own,
    remembered: name => parts.grants.get(parts.id, name),
    ask: name => ask(parts, name),
  });
  return partition;
}

async function renewToken(parts: SessionParts): Promise<void> {
  if (await parts.tokens.refresh(parts.id)) parts.tokenChanged();
}

async function ask(parts: SessionParts, name: string): Promise<boolean> {
  const text = question(parts.server()?.name ?? parts.id, name);
  const { response } = await dialog.showMessageBox({
    type: 'question',
    ...text,
    buttons: ['Don’t allow', 'Allow'],
    defaultId: 0,
    cancelId: 0,
  });
  parts.grants.set(parts.id, name, response === 1);
  return response === 1;
}

/**
 * Removes what pages of other origins left in the session, before the first page of `origin` is loaded: earlier addresses of the server are
 * nobody's any more, and a service worker is asked before any request could be stopped.
 * @param origins which origin each session was last used for, kept over restarts of the app: a page of the same listener finds its data again
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
 * A system proxy must never see requests to this computer, least of all with a token on them. Chromium sends `*.localhost` past
 * every proxy unless it was told otherwise (`<-loopback>`); if it was, this session uses none.
 */
export async function keepOffProxies(partition: Session, address: string, log: ShellLog): Promise<void> {
  const route = await partition.resolveProxy(address);
  if (route === 'DIRECT') return;
  log.warn('The system proxy is set to take requests to this computer; this window goes without a proxy.');
  await partition.setProxy({ mode: 'direct' });
}
