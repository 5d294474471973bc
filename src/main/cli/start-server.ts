import type { ServerInfo, StartRequest } from '../../shared/model.ts';
import { isOver, statePredicate } from '../../shared/server-state.ts';
import type { CoreClient } from '../control/core-client.ts';
import { GatehouseError } from '../core/errors.ts';
import { say, type Output } from './print.ts';
import { failureText } from './server-text.ts';

type Asking = Pick<CoreClient, 'call' | 'on'>;

/**
 * Starts a server and waits until it is ready. When it fails, prints the server's last output and throws.
 */
export function begin(core: Asking, request: StartRequest, output: Output): Promise<ServerInfo> {
  // The server creates files with the same mode as this shell.
  const asked = { umask: process.umask(), ...request };
  return settled(core, () => core.call('server.begin', asked), output);
}

/**
 * The same for a saved server. It keeps its environment, unless `fresh` asks for the caller's.
 */
export function restart(
  core: Asking,
  id: string,
  output: Output,
  options: { readonly fresh?: boolean } = {},
): Promise<ServerInfo> {
  return settled(core, () => core.call('server.restart', id, options), output, id);
}

async function settled(
  core: Asking,
  start: () => Promise<ServerInfo>,
  output: Output,
  known?: string,
): Promise<ServerInfo> {
  const latest = new Map<string, ServerInfo>();
  let wake: () => void = () => {};
  const off = core.on('server.changed', info => {
    latest.set(info.id, info);
    wake();
  });
  let id = known ?? '';
  try {
    const first = await start();
    id = first.id;
    // Earlier announcements may be older than the start itself, such as one of a trusted folder.
    latest.clear();
    const asked = (await core.call('server.list')).find(server => server.id === id) ?? first;
    let info = latest.get(id) ?? asked;
    while (!isSettled(info)) {
      await new Promise<void>(resolve => (wake = resolve));
      info = latest.get(id) ?? info;
    }
    if (info.state === 'ready') return info;
    throw new GatehouseError('start-failed', `${info.title} ${statePredicate[info.state]}: ${info.reason}`, {
      nextStep: `See \`gatehouse logs ${id}\`.`,
    });
  } catch (error) {
    throw await withLastWords(core, id, error, output);
  } finally {
    off();
  }
}

function isSettled({ state }: ServerInfo): boolean {
  return state === 'ready' || isOver(state);
}

async function withLastWords(core: Asking, id: string, error: unknown, output: Output): Promise<unknown> {
  const failure = id === '' ? null : await core.call('server.failure', id).catch(() => null);
  if (failure === null) return error;
  const text = failureText(failure);
  if (text !== '') say(output, text);
  const { code } = error instanceof GatehouseError ? error : { code: 'start-failed' };
  const { nextStep, kind } = failure;
  return new GatehouseError(code, failure.summary, { nextStep, kind, cause: error });
}
