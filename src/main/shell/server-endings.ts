/** Stops, restarts and forgets servers, after the one question where something would be lost. */
import { dialog } from 'electron/main';
import type { CoreLink } from './core-link.ts';
import { lossQuestion, type Ending, type Question, type ServerLosses } from './questions.ts';
import type { ServerWindows } from './windows/server-windows.ts';

export interface ServerEndingsDeps {
  readonly link: CoreLink;
  readonly servers: ServerWindows;
}

export class ServerEndings {
  readonly #deps: ServerEndingsDeps;

  constructor(deps: ServerEndingsDeps) {
    this.#deps = deps;
  }

  async stop(id: string): Promise<boolean> {
    return this.#end('stop', id, () => this.#deps.link.call('server.stop', id));
  }

  async restart(id: string): Promise<boolean> {
    return this.#end('restart', id, () => this.#deps.link.call('server.restart', id));
  }

  async forget(id: string): Promise<boolean> {
    return this.#end('forget', id, () => this.#deps.link.call('server.forget', id));
  }

  async #end(ending: Exclude<Ending, 'quit'>, id: string, work: () => Promise<unknown>): Promise<boolean> {
    const losses = (await this.losses()).filter(server => server.id === id);
    const name = this.#deps.link.server(id)?.name ?? id;
    const question = lossQuestion(ending, losses.length > 0 ? losses : [{ ...nothingLost, name }]);
    const button = { stop: 'Stop', restart: 'Restart', forget: 'Forget' }[ending];
    if (question !== null && !(await confirmed(question, button))) return false;
    await work();
    return true;
  }

  /** What each running server would lose now. Nothing where the core does not answer. */
  async losses(): Promise<readonly (ServerLosses & { readonly id: string })[]> {
    const { link, servers } = this.#deps;
    if (link.state.core !== 'ready') return [];
    const [busy, people] = await Promise.all([
      link.call('core.busy').catch(() => []),
      link.call('share.people').catch(() => []),
    ]);
    return Promise.all(
      busy.map(async server => ({
        ...server,
        unsaved: await servers.unsaved(server.id),
        guests: people.filter(guest => guest.server === server.id).map(({ name }) => name || 'no name'),
      })),
    );
  }
}

const nothingLost: ServerLosses = { name: '', busyKernels: 0, unsaved: [], guests: [] };

/** Whether the owner agreed. Nothing else waits for the answer. */
export async function confirmed(question: Question, yes: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    ...question,
    buttons: ['Cancel', yes],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1;
}
