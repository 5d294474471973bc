import type { CallName } from '../../shared/contract.ts';
import type { About, AccessLink } from '../../shared/model.ts';
import type { Answers } from './calls.ts';
import { examine, type DoctorDeps } from './doctor/doctor.ts';
import { GatehouseError } from './errors.ts';
import type { Launcher } from './launcher/launcher.ts';
import type { Log, Vault } from './ports.ts';
import { allKinds } from './profiles/all.ts';
import type { ServerEntry } from './launcher/server-entry.ts';
import type { SettingsStore } from './settings/store.ts';

export interface CallAnswersDeps {
  readonly launcher: Launcher;
  readonly vault: Vault;
  readonly settings: SettingsStore;
  readonly doctor: Omit<DoctorDeps, 'environment'>;
  readonly sharing: SharingAnswers;
  readonly log: Log;
  readonly about: () => About;
  /** Ends the core once everything has been stopped. */
  readonly quit: (reason: string) => Promise<void>;
}

type SharingCall = Extract<
  CallName,
  `share.${string}` | `authority.${string}` | `audit.${string}` | `secret.${string}`
>;

/** The part of the contract that `share/sharing.ts` answers. */
export type SharingAnswers = Pick<Answers, SharingCall>;

/** The contract, answered. Arguments have been checked by `calls.ts`. */
export function makeAnswers(deps: CallAnswersDeps): Answers {
  const { launcher, settings, log } = deps;
  return {
    ...deps.sharing,
    'core.about': async () => deps.about(),
    'core.busy': () => launcher.busy(),
    'core.quit': () => deps.quit('Its owner quit Gatehouse.'),
    'core.resumed': async () => launcher.resumed(),
    ...answersOfKinds(launcher),
    ...answersOfFolders(launcher),
    'server.list': async () => launcher.list(),
    'server.start': async request => {
      const entry = await launcher.prepare(request);
      await entry.start();
      return entry.info();
    },
    'server.begin': async request => {
      const entry = await launcher.prepare(request);
      inBackground(entry, entry.start(), log);
      return entry.info();
    },
    'server.stop': async id => {
      await launcher.entry(id).stop('Its owner stopped it.');
      return launcher.entry(id).info();
    },
    'server.restart': async (id, options) => {
      const entry = await launcher.prepareAgain(id, options ?? {});
      await entry.restart();
      return entry.info();
    },
    'server.forget': id => launcher.forget(id),
    'server.failure': async id => launcher.entry(id).failure(),
    'server.logs': (id, { lines }) => launcher.entry(id).supervised.logs(lines),
    'server.link': async (id, options) => linkTo(launcher.entry(id), options),
    'server.token': async id => (await launcher.entry(id).accessToken()).reveal(),
    'server.windowToken': async id => windowTokenOf(launcher.entry(id)),
    'server.rotateToken': async id => (await launcher.entry(id).rotateToken()).reveal(),
    'setup.run': profile => launcher.setup(profile),
    'setup.remove': profile => launcher.removeSetup(profile),
    'doctor.run': async options =>
      examine({ ...deps.doctor, environment: await launcher.environmentOf(options?.caller) }),
    'config.list': async () => settings.list(),
    'config.get': async key => settings.info(key),
    'config.set': (key, value) => settings.set(key, value),
  };
}

function linkTo(
  { openGateway, saved }: ServerEntry,
  { tool, begin }: Parameters<Answers['server.link']>[1],
): AccessLink | Promise<AccessLink> {
  if (openGateway === null) throw notRunning(saved.id);
  if (begin !== undefined) return openGateway.beginLink({ seen: begin === 'seen' });
  return tool ? openGateway.toolLink() : openGateway.oneTimeLink();
}

function windowTokenOf({ openGateway, saved }: ServerEntry): { url: string; token: string } {
  if (openGateway !== null) return { url: openGateway.url, token: openGateway.windowToken().reveal() };
  throw new GatehouseError('not-open', `The listener of "${saved.name}" is not open.`, {
    nextStep: `Start it with \`gatehouse start ${saved.id}\`.`,
  });
}

function answersOfKinds(launcher: Launcher): Pick<Answers, 'profiles.find' | 'profiles.kinds'> {
  return {
    'profiles.find': options => launcher.find(options),
    'profiles.kinds': async () =>
      allKinds.map(({ name, title, aliases, icon, file, untrusted }) => {
        const kind = { name, title, aliases, icon, file };
        return untrusted === undefined ? kind : { ...kind, untrusted };
      }),
  };
}

function answersOfFolders(launcher: Launcher): Pick<Answers, Extract<CallName, `folders.${string}`>> {
  return {
    'folders.look': folder => launcher.folders.look(folder),
    'folders.list': () => launcher.folders.list(),
    'folders.forget': folder => launcher.changeTrust(folders => folders.forget(folder)),
    'folders.warnings': () => launcher.folders.warnings(),
    'folders.answer': (folder, { trusted }) =>
      launcher.changeTrust(folders => folders.answer(folder, trusted)),
  };
}

/** A start that nobody waits for: its end is announced as a state, and its reason is kept in the entry. */
function inBackground(entry: ServerEntry, start: Promise<void>, log: Log): void {
  start.catch((error: unknown) =>
    log.warn('A start failed.', { server: entry.saved.id, error: String(error) }),
  );
}

function notRunning(id: string): GatehouseError {
  return new GatehouseError('not-running', `"${id}" does not run, so there is nothing to link to.`, {
    nextStep: `Start it with \`gatehouse start ${id}\`.`,
  });
}
