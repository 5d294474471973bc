import { access, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { About, ProfileName } from '../../shared/model.ts';
import { makeAnswers } from './call-answers.ts';
import { composeSharing, type ComposedSharing } from './compose-sharing.ts';
import { createAnnouncer, type Announcer } from './announcer.ts';
import type { Answers } from './calls.ts';
import type { DoctorDeps } from './doctor/doctor.ts';
import { createBoundedLog } from './log/bounded-log.ts';
import { openTrustedFolders, type TrustedFolders } from './folders/trusted-folders.ts';
import { openGateway } from './gateway/owner/owner-gateway.ts';
import type { MayWrite } from './home/home-lock.ts';
import { Launcher } from './launcher/launcher.ts';
import { createLog } from './log/file-log.ts';
import type { Environment, Paths } from './paths.ts';
import type { Log, Profile, Redactor, SecretStore, Supervised } from './ports.ts';
import { allKinds } from './profiles/all.ts';
import { createProfile } from './profiles/common/folder-trust.ts';
import type { ProfileOptions } from './profiles/kind.ts';
import { createRedactor } from './log/redact.ts';
import { openSavedServers } from './launcher/saved-servers.ts';
import type { ServerEntryDeps, SuperviseRequest } from './launcher/server-entry.ts';
import { cleanStaleRuns, listStaleRuns } from './server/process/records.ts';
import { ownAccount } from './server/process/own-account.ts';
import { StartEnvironments } from './launcher/start-environments.ts';
import { supervise } from './server/supervisor.ts';
import { openSettings, type SettingsStore } from './settings/store.ts';
import { openSecretStore, type SecretStoreChoice } from './vault/secret-store.ts';
import { lazyStore } from './vault/lazy-store.ts';
import type { SuppliedToken } from './vault/supplied-token.ts';
import { createVault } from './vault/vault.ts';

export interface ComposeOptions {
  readonly paths: Paths;
  readonly version: string;
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
  /** The user's home folder and login name. */
  readonly homedir: string;
  readonly user: string;
  /**
   * True for a command that only looks: the secrets are opened when something asks for one, and nobody is
   * asked for a passphrase before.
   */
  readonly lookOnly: boolean;
  /** From `--secrets`; the setting decides when absent. */
  readonly secrets?: SecretStoreChoice | undefined;
  /** Asks for the passphrase of the sealed file; absent where nobody can be asked. */
  readonly askPassphrase?: ((isNew: boolean) => Promise<string>) | undefined;
  readonly supplied: SuppliedToken | null;
  /** Tells a person that something outside waits for them: a keychain that asks for its password. */
  readonly waiting: (sentence: string) => void;
  /**
   * Where the files beside the bundled core are: guard script, shims, keychain program; in the source tree
   * each lies by its user.
   */
  readonly resources?:
    { readonly guard: string; readonly shims: string; readonly keychain: string } | undefined;
  /** The Electron binary that this installation would use, whether it is there or not. */
  readonly electron: string | null;
  readonly quit: (reason: string) => Promise<void>;
  /** Asked before each write of what the home remembers. */
  readonly mayWrite: MayWrite;
}

/** A core without a door: everything but the control socket. */
export interface Core {
  readonly answers: Answers;
  readonly launcher: Launcher;
  readonly settings: SettingsStore;
  readonly announcer: Announcer;
  readonly redactor: Redactor;
  readonly log: Log;
  /** Ends and removes what a dead core left behind. Only for the one that holds the lock. */
  cleanUp(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Chooses the implementations and puts them together. Starts nothing, listens nowhere; paths must have been
 * prepared.
 */
export async function composeCore(options: ComposeOptions): Promise<Core> {
  const { paths, mayWrite } = options;
  const redactor = createRedactor();
  const settings = await openSettings({ file: join(paths.config, 'settings.json'), mayWrite });
  const log = createLog({
    file: join(paths.logs, 'gatehouse.log'),
    redactor,
    maxBytes: settings.get('log.maxMegabytes') * 1_000_000,
    kept: 3,
  });
  for (const warning of settings.warnings()) log.warn(warning);
  const secretStore = await keeperFor(options, settings);
  const vault = createVault(secretStore, { redactor, supplied: options.supplied ?? undefined });
  const announcer = createAnnouncer(error => log.error('A listener failed.', { error: String(error) }));
  const launcher: Launcher = new Launcher({
    environments: new StartEnvironments({ own: options.environment, log }),
    profiles: profilesOf(options, settings, log),
    saved: await openSavedServers(paths.state, log, mayWrite),
    vault,
    log,
    removeLogs: id => removeLogs(paths.logs, id),
    folders: foldersOf(options, settings, log),
    home: settings.get('jupyter.defaultFolder') ?? options.homedir,
    entry: entryParts(options, { settings, log, redactor, announcer, sharing: () => sharing }),
    announce: (name, value) => announcer.announce(name, value),
    follow: (id, state) => sharing.follow(id, state),
    unshare: id => sharing.forgotten(id),
  });
  const sharing = composeSharing({ ...options, secretStore, settings, redactor, log, announcer, launcher });
  return {
    answers: makeAnswers({
      launcher,
      vault,
      settings,
      log,
      sharing: sharing.answers,
      about: aboutOf(options, secretStore),
      quit: options.quit,
      doctor: doctorParts(options, { secretStore, settings, launcher }),
    }),
    launcher,
    settings,
    announcer,
    redactor,
    log,
    cleanUp: async () => void (await cleanStaleRuns(paths.runtime, log)),
    close: () => sharing.close().finally(() => log.close()),
  };
}

/** For a command that only looks: opened when something asks for a secret. */
async function keeperFor(options: ComposeOptions, settings: SettingsStore): Promise<SecretStore> {
  return options.lookOnly ? lazyStore(() => keeperOf(options, settings)) : keeperOf(options, settings);
}

function foldersOf(
  { paths, homedir, mayWrite }: ComposeOptions,
  settings: SettingsStore,
  log: Log,
): TrustedFolders {
  return openTrustedFolders({
    stateFolder: paths.state,
    home: homedir,
    uid: paths.uid,
    bySetting: () => settings.get('folders.trusted'),
    log,
    mayWrite,
  });
}

function keeperOf(options: ComposeOptions, settings: SettingsStore): Promise<SecretStore> {
  return openSecretStore(options.secrets ?? settings.get('secrets.store'), {
    environment: options.environment,
    platform: options.platform,
    file: join(options.paths.data, 'secrets.sealed'),
    home: options.paths.home,
    uid: options.paths.uid,
    askPassphrase: options.askPassphrase,
    keychainEntry: options.resources?.keychain,
    waiting: options.waiting,
  });
}

function doctorParts(
  options: ComposeOptions,
  {
    secretStore,
    settings,
    launcher,
  }: { readonly secretStore: SecretStore; readonly settings: SettingsStore; readonly launcher: Launcher },
): Omit<DoctorDeps, 'environment'> {
  return {
    paths: options.paths,
    secrets: async () => {
      const { store, sentence } = options.lookOnly ? await keeperOf(options, settings) : secretStore;
      return { store, sentence };
    },
    node: process.versions.node,
    findElectron: () => whereThere(options.electron),
    findServers: () => launcher.find({ fresh: false }),
    settingsWarnings: () => settings.warnings(),
    staleRuns: () => listStaleRuns(options.paths.runtime),
  };
}

interface Fittings {
  readonly settings: SettingsStore;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly announcer: Announcer;
  readonly sharing: () => ComposedSharing;
}

function entryParts(
  options: ComposeOptions,
  fittings: Fittings,
): Omit<ServerEntryDeps, 'onChange' | 'save' | 'vault' | 'log' | 'follow' | 'newHostLabel' | 'wishes'> {
  const { settings, log, redactor, announcer, sharing } = fittings;
  return {
    openGateway,
    learn: token => redactor.learn(token),
    gatewayTls: (tls, label) => sharing().gatewayTls(tls, label),
    gatewayRules: () => ({
      ownAccount: ownAccount(options.platform),
      clock: Date.now,
      log: createBoundedLog(log, Date.now),
      extraHosts: () => settings.get('gateway.extraHosts'),
      trustedProxies: settings.get('gateway.trustedProxies'),
    }),
    supervise: ({ server, plan, umask, onChange }: SuperviseRequest): Supervised =>
      supervise({
        serverId: server.id,
        name: server.name,
        plan,
        runRoot: options.paths.runtime,
        logFile: join(options.paths.logs, `${server.id}.log`),
        folder: server.folder,
        user: options.user,
        umask,
        redactor,
        log,
        clock: Date.now,
        onChange,
        onLine: line => announcer.announce('server.log', { id: server.id, line }),
        limits: { maxLogBytes: settings.get('log.maxMegabytes') * 1_000_000 },
        environmentNames: () => settings.get('environment.names'),
        ...(options.resources === undefined ? {} : { guardPath: options.resources.guard }),
      }),
  };
}

function profilesOf(
  options: ComposeOptions,
  settings: SettingsStore,
  log: Log,
): ReadonlyMap<ProfileName, Profile> {
  const shared: ProfileOptions = {
    environment: options.environment,
    home: options.homedir,
    dataFolder: options.paths.data,
    platform: options.platform,
    log,
    readySeconds: (profile: ProfileName) => readySeconds(settings, profile),
    shims: options.resources?.shims,
  };
  return new Map(allKinds.map(kind => [kind.name, createProfile(kind, shared)]));
}

/** Null where the owner has not said how long: then the profile knows best. */
function readySeconds(settings: SettingsStore, profile: ProfileName): number | null {
  const general =
    settings.info('server.readySeconds').source === 'default' ? null : settings.get('server.readySeconds');
  if (profile === 'jupyter' || profile === 'custom')
    return settings.get(`${profile}.readySeconds`) ?? general;
  return general;
}

function aboutOf(options: ComposeOptions, secretStore: SecretStore): () => About {
  const startedAt = new Date(Date.now() - performance.now()).toISOString();
  return () => ({
    version: options.version,
    pid: process.pid,
    node: process.versions.node,
    home: options.paths.home,
    secrets: secretStore.store,
    secretsSentence: secretStore.sentence,
    startedAt,
  });
}

/** The log of a server and the older ones beside it. */
async function removeLogs(folder: string, id: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name === `${id}.log` || name.startsWith(`${id}.log.`)) await rm(join(folder, name), { force: true });
  }
}

async function whereThere(path: string | null): Promise<string | null> {
  if (path === null) return null;
  return access(path).then(
    () => path,
    () => null,
  );
}
