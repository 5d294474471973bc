/** What can be done with a server in each state, and the words for it in windows, tray, pages and CLI. */
import type { ServerState } from './model.ts';

interface Can {
  readonly open: boolean;
  readonly copyLink: boolean;
  readonly share: boolean;
  readonly stop: boolean;
  readonly restart: boolean;
}

export function can(state: ServerState): Can {
  const runs = state === 'ready' || state === 'unhealthy';
  const moves = state === 'starting' || state === 'restarting';
  return {
    open: runs || moves,
    copyLink: runs,
    share: runs,
    stop: runs || moves,
    restart: state !== 'stopping' && state !== 'starting',
  };
}

/** Whether no run exists and none is about to begin. */
export function isOver(state: ServerState): boolean {
  return state === 'stopped' || state === 'failed';
}

/** `thesis · running` */
export const stateWord: Readonly<Record<ServerState, string>> = {
  stopped: 'stopped',
  starting: 'starting',
  ready: 'running',
  unhealthy: 'not answering',
  restarting: 'restarting',
  stopping: 'stopping',
  failed: 'did not start',
};

/** `thesis is running` */
export const statePredicate: Readonly<Record<ServerState, string>> = {
  stopped: 'has stopped',
  starting: 'is starting',
  ready: 'is running',
  unhealthy: 'is not answering',
  restarting: 'is restarting',
  stopping: 'is stopping',
  failed: 'did not start',
};
