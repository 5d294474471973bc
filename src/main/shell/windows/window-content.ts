/**
 * When a server's window loads its page. JupyterLab finds its server again by itself after a restart, with
 * unsaved work in the page, so a page that lives is never reloaded; one that never came, or is the gateway's
 * "not now", is.
 */
import type { ServerState } from '../../../shared/model.ts';
import { stateWord } from '../../../shared/server-state.ts';

/**
 * What the window shows: nothing yet, the server's page, or something that stands for it (an error, the
 * gateway's own page).
 */
export type Showing = 'nothing' | 'page' | 'stand-in';

/**
 * What a finished load of the main frame left in the window. `own`: it came from the server's listener, which
 * was open. The gateway answers 502 to 504 in the place of a server that is not there.
 */
export function showingAfter(load: {
  readonly failed: boolean;
  readonly status: number;
  readonly own: boolean;
}): Showing {
  if (load.failed || !load.own) return 'stand-in';
  return load.status === 401 || load.status >= 502 ? 'stand-in' : 'page';
}

/** True when the window must load the server's address now. */
export function mustLoad(state: ServerState, showing: Showing): boolean {
  return showing !== 'page' && state === 'ready';
}

/**
 * The title of a server's window; the page's own title is the page's to say, so the server's name comes
 * first.
 */
export function windowTitle(name: string, state: ServerState, page: string): string {
  const note = state === 'ready' ? '' : stateWord[state];
  const parts = [note === '' ? name : `${name} (${note})`, page.slice(0, 80)].filter(part => part !== '');
  return parts.join(' - ');
}
