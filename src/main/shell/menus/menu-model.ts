/**
 * What tray and menus offer, as data. The tray holds nothing that the home window does not offer too: some
 * desktops have no tray.
 */
import type { ServerInfo } from '../../../shared/model.ts';
import { can, isOver, stateWord } from '../../../shared/server-state.ts';
import type { CoreState } from '../../../shared/window.ts';

export type Action =
  | {
      readonly kind:
        | 'open'
        | 'new-window'
        | 'open-in-browser'
        | 'copy-link'
        | 'share'
        | 'stop-sharing'
        | 'stop'
        | 'restart'
        | 'logs';
      readonly id: string;
    }
  | { readonly kind: 'home' | 'people' | 'about' | 'quit' | 'reconnect' | 'reload' | 'back' | 'forward' };

export type Item =
  | { readonly kind: 'line' }
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'action'; readonly label: string; readonly action: Action; readonly enabled: boolean }
  | { readonly kind: 'group'; readonly label: string; readonly items: readonly Item[] };

/** What is shared now, and with how many guests. */
export interface SharingState {
  /** Servers with a share listener that is on. */
  readonly shared: ReadonlySet<string>;
  readonly people: number;
  readonly waiting: number;
}

export const nothingShared: SharingState = { shared: new Set(), people: 0, waiting: 0 };

/** `thesis · running` */
export function serverLabel(server: ServerInfo): string {
  return `${server.name} · ${stateWord[server.state]}`;
}

export function serverItems(server: ServerInfo, sharing: SharingState): readonly Item[] {
  const allowed = can(server.state);
  return [
    act('Open', { kind: 'open', id: server.id }, allowed.open),
    act('New Window', { kind: 'new-window', id: server.id }, allowed.copyLink),
    act('Open in My Browser', { kind: 'open-in-browser', id: server.id }, allowed.copyLink),
    act('Copy Access Link', { kind: 'copy-link', id: server.id }, allowed.copyLink),
    act('Share…', { kind: 'share', id: server.id }, allowed.share),
    ...(sharing.shared.has(server.id)
      ? [act('Stop Sharing…', { kind: 'stop-sharing', id: server.id }, true)]
      : []),
    { kind: 'line' },
    act('Stop', { kind: 'stop', id: server.id }, allowed.stop),
    act(
      isOver(server.state) ? 'Start Again' : 'Restart',
      { kind: 'restart', id: server.id },
      allowed.restart,
    ),
    act('Logs', { kind: 'logs', id: server.id }, true),
  ];
}

export function trayItems(
  servers: readonly ServerInfo[],
  core: CoreState,
  sharing: SharingState,
): readonly Item[] {
  return [
    ...serverGroups(servers, core, sharing),
    { kind: 'line' },
    act(peopleLabel(sharing), { kind: 'people' }, core === 'ready'),
    act('Show Gatehouse', { kind: 'home' }, true),
    act('About Gatehouse', { kind: 'about' }, true),
    { kind: 'line' },
    act('Quit', { kind: 'quit' }, true),
  ];
}

/** `People… (2 guests, 1 waiting)` */
export function peopleLabel({ people, waiting }: SharingState): string {
  const counts = [
    ...(people > 0 ? [`${people} ${people === 1 ? 'guest' : 'guests'}`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ];
  return counts.length === 0 ? 'People…' : `People… (${counts.join(', ')})`;
}

function serverGroups(
  servers: readonly ServerInfo[],
  core: CoreState,
  sharing: SharingState,
): readonly Item[] {
  if (core === 'connecting') return [{ kind: 'text', label: 'Gatehouse is starting…' }];
  if (core === 'lost') {
    return [
      { kind: 'text', label: 'The core is not running' },
      act('Start It Again', { kind: 'reconnect' }, true),
    ];
  }
  if (servers.length === 0) return [{ kind: 'text', label: 'Nothing is running' }];
  return servers.map(server => ({
    kind: 'group',
    label: serverLabel(server),
    items: serverItems(server, sharing),
  }));
}

/** One line for the tray icon's tooltip. */
export function trayTitle(servers: readonly ServerInfo[], core: CoreState, sharing: SharingState): string {
  if (core !== 'ready') return core === 'lost' ? 'Gatehouse: the core is not running' : 'Gatehouse: starting';
  const running = servers.filter(server => can(server.state).copyLink);
  if (running.length === 0) return 'Gatehouse: nothing is running';
  return [`Gatehouse: ${running.map(server => server.name).join(', ')} running`, ...guestWords(sharing)].join(
    '\n',
  );
}

function guestWords({ people, waiting }: SharingState): readonly string[] {
  return [
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'guest is' : 'guests are'} waiting to be let in`] : []),
    ...(people > 0 ? [`${people} ${people === 1 ? 'guest has' : 'guests have'} joined`] : []),
  ];
}

/** Which picture the tray shows: a guest is waiting, a guest has joined, or neither. */
export function trayBadge({ people, waiting }: SharingState): 'none' | 'in' | 'waiting' {
  if (waiting > 0) return 'waiting';
  return people > 0 ? 'in' : 'none';
}

function act(label: string, action: Action, enabled: boolean): Item {
  return { kind: 'action', label, action, enabled };
}
