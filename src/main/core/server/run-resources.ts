import { GatehouseError } from '../errors.ts';
import type { RunContext } from '../ports.ts';
import type { ProcessGuard } from './process/process-guard.ts';
import { guardScript } from './process/process-guard-posix.ts';
import { startProcessGuard } from './process/start-process-guard.ts';
import type { SuperviseOptions } from './options.ts';
import { makeRunContext, nameRun, prepareRunRoot, removeRunContext, type RunNames } from './run-context.ts';
import type { Identity } from './process/process-family.ts';
import { recordOf, removeRecord, writeRecord } from './process/records.ts';

export type RunResourcesOptions = Pick<
  SuperviseOptions,
  'runRoot' | 'serverId' | 'folder' | 'user' | 'redactor' | 'log' | 'guardPath'
>;

/**
 * What stands around one run: its record, its folder, its guard. Built in this order and before the server,
 * taken down in the other: whenever the core dies, somebody knows what there is to end and to remove.
 */
export class RunResources {
  readonly names: RunNames;
  readonly #options: RunResourcesOptions;
  #context: RunContext | null = null;
  #guard: ProcessGuard | null = null;

  constructor(options: RunResourcesOptions) {
    this.#options = options;
    this.names = nameRun(options.runRoot);
  }

  /** @throws GatehouseError `run-folder-failed`, `no-such-folder`, `guard-failed` */
  async build(): Promise<RunContext> {
    const { runRoot, serverId, folder, user, redactor, log, guardPath } = this.#options;
    await prepareRunRoot(runRoot);
    await this.#record(null);
    const context = await makeRunContext(this.names, { serverId, folder, user });
    this.#context = context;
    redactor.learn(context.secret);
    const { name, marker } = this.names;
    this.#guard = await startProcessGuard({ runRoot, name, marker, script: guardPath ?? guardScript(), log });
    return context;
  }

  async follow(leader: Identity): Promise<void> {
    this.#guard?.follow(leader);
    // Without it the marker still tells what belongs to the run.
    await this.#record(leader).catch(() => undefined);
  }

  /** Throws nothing. @param left processes that could not be ended; their record stays for the next start */
  async takeDown(left: number): Promise<void> {
    const { runRoot, redactor, log } = this.#options;
    const { name, directory } = this.names;
    if (left > 0) {
      log.error('Processes of a server cannot be ended; the next start tries again.', { run: name, left });
    }
    const removed = await removeRunContext(directory);
    if (left === 0 && removed) await removeRecord(runRoot, name);
    await this.#guard?.release();
    if (this.#context !== null) redactor.forget(this.#context.secret);
  }

  async #record(server: Identity | null): Promise<void> {
    const { runRoot, serverId } = this.#options;
    const { name, marker } = this.names;
    try {
      await writeRecord(runRoot, await recordOf({ name, marker, serverId, server }));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : 'the system refuses';
      throw new GatehouseError('run-folder-failed', `Nothing can be written in "${runRoot}": ${why}.`, {
        nextStep: 'Make space on the disk, or check the permissions of the folder.',
        cause,
      });
    }
  }
}
