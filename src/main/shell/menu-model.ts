/** What tray and menus offer, as data. The tray holds nothing that the home window does not offer too: some desktops have no tray. */
import type { ServerInfo, ServerState } from '../../shared/model.ts';
import type { CoreState } from '../../shared/window.ts';

export type Action =
  | { readonly kind: 'open' | 'copy-link' | 'stop' | 'restart' | 'logs'; readonly id: string }
  | { readonly kind: 'home' | 'about' | 'quit' | 'reconnect' };

export type Item =
  | { readonly kind: 'line' }
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'action'; readonly label: string; readonly action: Action; readonly enabled: boolean }
  | { readonly kind: 'group'; readonly label: string; readonly items: readonly Item[] };

const stateWords: Readonly<Record<ServerState, string>> = {
  stopped: 'stopped',
  starting: 'starting',
  ready: 'running',
  unhealthy: 'not answering',
  restarting: 'restarting',
  stopping: 'stopping',
  failed: 'did not start',
};

export interface Can {
  readonly open: boolean;
  readonly copyLink: boolean;
  readonly stop: boolean;
  readonly restart: boolean;
}

/** What can be done with a server in a state; tray, menus and home window agree because they all ask here or mirror it. */
export function can(state: ServerState): Can {
  const runs = state === 'ready' || state === 'unhealthy';
  const moves = state === 'starting' || state === 'restarting';
  return {
    open: runs || moves,
    copyLink: runs,
    stop: runs || moves,
    restart: state !== 'stopping' && state !== 'starting',
  };
}

/** `thesis · running` */
export function serverLabel(server: ServerInfo): string {
  return `${server.name} · ${stateWords[server.state]}`;
}

export function serverItems(server: ServerInfo): readonly Item[] {
  const allowed = can(server.state);
  const stopped = server.state === 'stopped' || server.state === 'failed';
  return [
    act('Open', { kind: 'open', id: server.id }, allowed.open),
    act('Copy Access Link', { kind: 'copy-link', id: server.id }, allowed.copyLink),
    { kind: 'line' },
    act('Stop', { kind: 'stop', id: server.id }, allowed.stop),
    act(stopped ? 'Start Again' : 'Restart', { kind: 'restart', id: server.id }, allowed.restart),
    act('Logs', { kind: 'logs', id: server.id }, true),
  ];
}

export function trayItems(servers: readonly ServerInfo[], core: CoreState): readonly Item[] {
  return [
    ...serverGroups(servers, core),
    { kind: 'line' },
    act('Show Gatehouse', { kind: 'home' }, true),
    act('About Gatehouse', { kind: 'about' }, true),
    { kind: 'line' },
    act('Quit', { kind: 'quit' }, true),
  ];
}

function serverGroups(servers: readonly ServerInfo[], core: CoreState): readonly Item[] {
  if (core === 'connecting') return [{ kind: 'text', label: 'Gatehouse is starting…' }];
  if (core === 'lost') {
    return [
      { kind: 'text', label: 'The core is not running' },
      act('Start It Again', { kind: 'reconnect' }, true),
    ];
  }
  if (servers.length === 0) return [{ kind: 'text', label: 'Nothing is running' }];
  return servers.map(server => ({ kind: 'group', label: serverLabel(server), items: serverItems(server) }));
}

/** One line for the tray icon's tooltip. */
export function trayTitle(servers: readonly ServerInfo[], core: CoreState): string {
  if (core !== 'ready') return core === 'lost' ? 'Gatehouse: the core is not running' : 'Gatehouse: starting';
  const running = servers.filter(server => can(server.state).copyLink);
  if (running.length === 0) return 'Gatehouse: nothing is running';
  return `Gatehouse: ${running.map(server => server.name).join(', ')} running`;
}

function act(label: string, action: Action, enabled: boolean): Item {
  return { kind: 'action', label, action, enabled };
}
