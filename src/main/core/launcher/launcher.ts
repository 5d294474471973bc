import { randomBytes } from 'node:crypto';
import type { Calls } from '../../../shared/contract.ts';
import {
  managedOrigin,
  type BusyServer,
  type CallerEnvironment,
  type FolderTrust,
  type FoundServer,
  type ProfileName,
  type ServerInfo,
  type SetupProgress,
  type StartRequest,
} from '../../../shared/model.ts';
import { busyOf } from './busy.ts';
import { choose, inUse, noSetup, noSuchProfile, noSuchServer } from './choose-found.ts';
import { GatehouseError } from '../errors.ts';
import type { FindRequest, LauncherDeps } from './launcher-deps.ts';
import type { Profile, RunContext } from '../ports.ts';
import type { SharedServer } from '../share-ports.ts';
import type { SavedServer } from './saved-servers.ts';
import { ServerEntry } from './server-entry.ts';
import { checkFolder } from '../folders/check-folder.ts';
import type { TrustedFolders } from '../folders/trusted-folders.ts';
import { identity, namedPath, nameOf, titleOf } from './start-request.ts';
import { activated } from '../server/conda.ts';
import type { Variables } from '../variables.ts';
import { newHostLabel, newServerId } from './server-name.ts';

/** Milliseconds that a whole look for installed servers may take. */
const findLimit = 20_000;

/** Starts, keeps and stops servers: what the calls of the contract come down to. */
export class Launcher {
  readonly #deps: LauncherDeps;
  readonly #entries = new Map<string, ServerEntry>();
  #quitting = false;
  readonly #setups = new AbortController();

  constructor(deps: LauncherDeps) {
    this.#deps = deps;
    for (const server of deps.saved.all()) this.#add(server);
    void this.lookAtFolders();
  }

  get folders(): Pick<TrustedFolders, 'look' | 'list' | 'warnings'> {
    return this.#deps.folders;
  }

  /** With which a caller's servers are looked for and started. */
  environmentOf(caller: CallerEnvironment | undefined): Promise<Variables> {
    return this.#deps.environments.of(caller);
  }

  list(): readonly ServerInfo[] {
    return [...this.#entries.values()].map(entry => entry.info());
  }

  /** Throws `no-such-server` (kind `not-found`). */
  entry(id: string): ServerEntry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw noSuchServer(id);
    return entry;
  }

  /** A server as sharing sees it. Throws `no-such-server`. */
  shared(id: string): SharedServer {
    const entry = this.entry(id);
    const { name, request, sharePort, shareListen } = entry.saved;
    const profile = this.#profileOf(entry);
    return {
      id,
      name,
      sharing: profile.sharingOf?.(request) ?? profile.sharing,
      clientCredential: profile.clientCredential,
      sharePort: sharePort ?? null,
      shareListen: shareListen ?? null,
      isOwners: word => entry.gateway?.holds(word) === true,
      state: () => entry.shareState(),
      look: async () => void (await entry.supervised.preflight()),
      refusal: () => entry.shareRefusal(),
      rememberShare: (port, listen) => entry.rememberShare(port, listen),
    };
  }

  async find({ caller, ...options }: FindRequest): Promise<readonly FoundServer[]> {
    const environment = await this.#deps.environments.of(caller);
    const signal = AbortSignal.timeout(findLimit);
    const all = [...this.#deps.profiles.values()].flatMap(profile => {
      const { find } = profile.within?.(environment) ?? profile;
      return find === null ? [] : [find({ ...options, signal })];
    });
    return (await Promise.all(all)).flat();
  }

  /**
   * Makes the server known, in state `stopped`. A request that equals a stopped server's takes that one up
   * again.
   */
  async prepare({ trustFolder, caller, ...request }: StartRequest): Promise<ServerEntry> {
    if (this.#quitting)
      throw new GatehouseError('quitting', 'Gatehouse is stopping.', { nextStep: 'Start it again.' });
    const folder = request.folder ?? this.#deps.home;
    await checkFolder(folder);
    if (trustFolder !== undefined) await this.changeTrust(folders => folders.answer(folder, trustFolder));
    const environment = await this.#deps.environments.of(caller);
    const found = await this.#choose(this.#profile(request.profile, environment), request, folder);
    const again = this.#sameStopped(request, folder, found);
    if (again !== undefined) {
      this.#deps.environments.keep(again.saved.id, environment);
      again.describe(found);
      again.renew(request);
      return again;
    }
    const title = titleOf(request, found);
    const name = nameOf(request, folder, this.#deps.home, found?.title ?? title);
    const id = newServerId(name, randomBytes);
    const server: SavedServer = {
      id,
      name,
      title,
      origin: found?.origin ?? 'custom command',
      folder,
      chosen: request.found !== undefined,
      port: null,
      request: found === null ? request : { ...request, found: namedPath(request) ?? found.id },
    };
    await this.#deps.saved.put(server);
    this.#deps.environments.keep(id, environment);
    const entry = this.#add(server);
    entry.nextTrusted((await this.#deps.folders.look(folder)).trusted);
    return entry;
  }

  /** A server that is known, with what it is started with this time. Throws `no-such-server`. */
  async prepareAgain(
    id: string,
    { caller, fresh }: Parameters<Calls['server.restart']>[1] & object,
  ): Promise<ServerEntry> {
    const entry = this.entry(id);
    await this.#deps.environments.renew(id, caller, fresh === true);
    return entry;
  }

  /**
   * Changes what its owner said of a folder; it holds from the next start of each server in it. Throws what
   * the change throws.
   */
  async changeTrust(change: (folders: TrustedFolders) => Promise<FolderTrust>): Promise<FolderTrust> {
    const changed = await change(this.#deps.folders);
    await this.lookAtFolders();
    return changed;
  }

  /** Checks again which servers are in trusted folders. Throws nothing. */
  async lookAtFolders(): Promise<void> {
    await Promise.all(
      [...this.#entries.values()].map(async entry =>
        entry.nextTrusted((await this.#deps.folders.look(entry.saved.folder)).trusted),
      ),
    );
  }

  async forget(id: string): Promise<void> {
    const entry = this.entry(id);
    await this.#deps.unshare(id);
    await entry.stop('It is being forgotten.');
    this.#entries.delete(id);
    this.#deps.environments.forget(id);
    await this.#deps.saved.remove(id);
    await this.#deps.removeLogs(id);
    await this.#deps.vault.forget(id);
    this.#deps.announce('server.forgotten', { id });
  }

  busy(): Promise<readonly BusyServer[]> {
    return busyOf([...this.#entries.values()]);
  }

  /** Whether anything runs or is on its way up. */
  get active(): boolean {
    return [...this.#entries.values()].some(entry => !['stopped', 'failed'].includes(entry.supervised.state));
  }

  /** When somebody last used one of the servers; ms since the epoch, 0 for never. */
  lastUsed(): number {
    return Math.max(0, ...[...this.#entries.values()].map(entry => entry.gateway?.lastUsed() ?? 0));
  }

  resumed(): void {
    for (const entry of this.#entries.values()) entry.supervised.resumed();
  }

  async stopAll(reason: string): Promise<void> {
    await Promise.all([...this.#entries.values()].map(entry => entry.stop(reason)));
  }

  /** Stops everything and takes no more starts. */
  async quit(reason: string): Promise<void> {
    this.#quitting = true;
    this.#setups.abort(new GatehouseError('quitting', 'Gatehouse is stopping.'));
    this.#deps.announce('core.stopping', { reason });
    await this.stopAll(reason);
  }

  /**
   * Makes the managed environment of one kind. A second request for the same waits in that profile's own
   * lock.
   */
  setup(name: ProfileName): Promise<FoundServer> {
    const { setup } = this.#profile(name);
    if (setup === null) throw noSetup(name);
    return setup.run(
      (progress: SetupProgress) => this.#deps.announce('setup.progress', progress),
      this.#setups.signal,
    );
  }

  async removeSetup(name: ProfileName): Promise<void> {
    const { setup } = this.#profile(name);
    if (setup === null) throw noSetup(name);
    const user = [...this.#entries.values()].find(
      ({ saved, supervised }) =>
        saved.request.profile === name && saved.origin === managedOrigin && supervised.pid !== null,
    );
    if (user !== undefined) throw inUse(user.saved);
    await setup.remove();
  }

  #profileOf({ saved }: ServerEntry): Profile {
    return this.#profile(saved.request.profile, this.#deps.environments.ofServer(saved.id));
  }

  /** @param environment what its servers are looked for and started with; the core's own when absent */
  #profile(name: ProfileName, environment?: Variables): Profile {
    const known = this.#deps.profiles.get(name);
    const profile = environment === undefined ? known : (known?.within?.(environment) ?? known);
    if (profile === undefined) throw noSuchProfile(name, [...this.#deps.profiles.keys()]);
    return profile;
  }

  async #choose(profile: Profile, request: StartRequest, folder: string): Promise<FoundServer | null> {
    if (profile.find === null) return null;
    const where = { folder, named: namedPath(request) };
    const found = await profile.find({ ...where, fresh: false, signal: AbortSignal.timeout(findLimit) });
    return choose(found, request.found, profile.title, profile.setup !== null);
  }

  #sameStopped(request: StartRequest, folder: string, found: FoundServer | null): ServerEntry | undefined {
    const wanted = identity({ ...request, folder, found: namedPath(request) ?? found?.id });
    return [...this.#entries.values()].find(
      ({ saved, supervised }) =>
        ['stopped', 'failed'].includes(supervised.state) &&
        identity({ ...saved.request, folder: saved.folder }) === wanted,
    );
  }

  #add(server: SavedServer): ServerEntry {
    const deps = this.#deps;
    const entry: ServerEntry = new ServerEntry(
      {
        ...deps.entry,
        vault: deps.vault,
        log: deps.log,
        onChange: info => deps.announce('server.changed', info),
        save: saved => deps.saved.put(saved),
        follow: deps.follow,
        newHostLabel: () => newHostLabel(server.id, randomBytes),
        clientCredential: deps.profiles.get(server.request.profile)?.clientCredential,
        wishes: async () => (await this.#profileOf(entry).door?.(server.request)) ?? null,
      },
      server,
      context => this.#plan(entry, context),
    );
    this.#entries.set(server.id, entry);
    return entry;
  }

  async #plan(entry: ServerEntry, context: RunContext): ReturnType<Profile['plan']> {
    const { id, request, folder, chosen } = entry.saved;
    const profile = this.#profileOf(entry);
    const found = await this.#choose(profile, request, folder);
    entry.describe(found);
    const { path, trusted } = await this.#deps.folders.look(folder);
    entry.startsTrusted(trusted);
    const plan = await profile.plan(request, found, {
      ...context,
      // What was judged is what is opened: a link on the way may have another end by then.
      folder: trusted ? path : context.folder,
      folderTrusted: trusted,
      gatewayOrigin: entry.gateway?.origin,
    });
    const variables = this.#deps.environments.ofServer(id);
    return { ...plan, ...(await activated({ ...found, variables, chosen, log: this.#deps.log })) };
  }
}
