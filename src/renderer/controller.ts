/** Carries what happens into the model of the home window, and what is clicked out to the core. */
import type { FoundServer, ProfileInfo, ProfileName, ServerInfo, StartRequest } from '../shared/model.ts';
import type { Dropped } from '../shared/window.ts';
import { ask, hear, infoOf } from './bridge.ts';
import { countSharing, type Change, type TrustQuestion } from './state.ts';

export type Dispatch = (change: Change) => void;

/** What the home window can do. Nothing throws: what fails becomes a notice. */
export interface Controller {
  /** Asks first, where a folder is opened about which nobody was asked. */
  start(request: StartRequest): void;
  trust(folder: string, trusted: boolean): void;
  /** Nothing is started, and nothing remembered. */
  cancel(): void;
  /** Asks for the file first where the kind needs one. */
  startFound(found: FoundServer, file: ProfileInfo['file']): void;
  startInFolder(): void;
  open(id: string): void;
  logs(id: string): void;
  copyLink(server: ServerInfo): void;
  copyFailure(id: string): void;
  share(id: string): void;
  people(): void;
  stop(id: string): void;
  restart(id: string): void;
  forget(id: string): void;
  why(id: string): void;
  setup(profile: ProfileName): void;
  look(): void;
  reconnect(): void;
  about(): void;
  quit(): void;
  home(): void;
  custom(): void;
  dismiss(): void;
}

type Attempt = (work: () => Promise<unknown>) => void;

export function makeController(dispatch: Dispatch): Controller {
  const attempt: Attempt = work => {
    dispatch({ kind: 'notice', notice: null });
    work().catch((error: unknown) => dispatch({ kind: 'notice', notice: infoOf(error) }));
  };
  return {
    ...starting(dispatch, attempt),
    ...copying(dispatch, attempt),
    open: id => attempt(() => ask('shell.open', id)),
    logs: id => attempt(() => ask('shell.logs', id)),
    share: id => attempt(() => ask('shell.share', id)),
    people: () => attempt(() => ask('shell.people')),
    trust: (folder, trusted) => attempt(() => ask('folders.answer', folder, { trusted })),
    cancel: () => dispatch({ kind: 'question', question: null }),
    stop: id => attempt(() => ask('shell.stop', id)),
    forget: id => attempt(() => ask('shell.forget', id)),
    why: id => dispatch({ kind: 'page', page: { kind: 'failure', id } }),
    look: () => attempt(() => look(dispatch, true)),
    reconnect: () => attempt(() => ask('shell.reconnect')),
    about: () => attempt(() => ask('shell.about')),
    quit: () => attempt(() => ask('shell.quit')),
    home: () => dispatch({ kind: 'page', page: { kind: 'list' } }),
    custom: () => dispatch({ kind: 'page', page: { kind: 'custom' } }),
    dismiss: () => dispatch({ kind: 'notice', notice: null }),
  };
}

function starting(
  dispatch: Dispatch,
  attempt: Attempt,
): Pick<Controller, 'start' | 'startFound' | 'startInFolder' | 'restart' | 'setup'> {
  const start = (request: StartRequest): void =>
    attempt(async () => {
      const question = await questionOf(request);
      dispatch({ kind: 'question', question });
      if (question !== null) return;
      const { id } = await ask('server.begin', request);
      dispatch({ kind: 'started', id });
      await ask('shell.open', id);
    });
  return {
    start,
    startFound: ({ profile, id }, needs) =>
      attempt(async () => {
        if (needs !== 'must') return start({ profile, found: id });
        const chosen = await ask('shell.chooseFile');
        if (chosen !== null) start({ ...requestFor(chosen), profile, found: id });
      }),
    startInFolder: () =>
      attempt(async () => {
        const folder = await ask('shell.chooseFolder');
        if (folder !== null) start({ profile: 'jupyter', folder });
      }),
    restart: id =>
      attempt(async () => {
        if (!(await ask('shell.restart', id))) return;
        dispatch({ kind: 'started', id });
        await ask('shell.open', id);
      }),
    setup: profile =>
      attempt(async () => {
        dispatch({ kind: 'page', page: { kind: 'list' } });
        await ask('setup.run', profile);
        await look(dispatch, true);
      }),
  };
}

function copying(dispatch: Dispatch, attempt: Attempt): Pick<Controller, 'copyLink' | 'copyFailure'> {
  return {
    copyLink: server =>
      attempt(async () => {
        await ask('shell.copyLink', server.id);
        const text = `Access link for ${server.name} copied. It signs one browser in, once.`;
        dispatch({ kind: 'said', text });
      }),
    copyFailure: id =>
      attempt(async () => {
        await ask('shell.copyFailure', id);
        dispatch({ kind: 'said', text: 'Details copied.' });
      }),
  };
}

/**
 * Null where there is nothing to ask. Nobody is led to trust the home folder, which has the downloads in it.
 */
async function questionOf(request: StartRequest): Promise<TrustQuestion | null> {
  const { profile, folder, trustFolder } = request;
  if (folder === undefined || trustFolder !== undefined) return null;
  const off = (await ask('profiles.kinds')).find(({ name }) => name === profile)?.untrusted;
  if (off === undefined) return null;
  const { path, verdict, isHome } = await ask('folders.look', folder);
  if (verdict !== 'unknown' || isHome) return null;
  return { request, folder: path, off, warnings: await ask('folders.warnings') };
}

async function look(dispatch: Dispatch, fresh: boolean): Promise<void> {
  dispatch({ kind: 'looking' });
  try {
    dispatch({ kind: 'found', found: await ask('profiles.find', { fresh }) });
  } catch (error) {
    dispatch({ kind: 'found', found: [] });
    throw error;
  }
}

/** What is asked for whenever a core is there: it may be another one than before. */
async function load(dispatch: Dispatch): Promise<void> {
  dispatch({ kind: 'kinds', kinds: await ask('profiles.kinds') });
  dispatch({ kind: 'servers', servers: await ask('server.list') });
  dispatch({ kind: 'about', about: await ask('core.about') });
  await loadSharing(dispatch);
  await look(dispatch, false);
}

async function loadSharing(dispatch: Dispatch): Promise<void> {
  const [links, people, waiting] = await Promise.all([
    ask('share.links'),
    ask('share.people'),
    ask('share.waiting'),
  ]);
  dispatch({ kind: 'sharing', sharing: countSharing(links, people, waiting) });
}

/** Listens to the core and the shell; answers with the way to stop that. */
export function connect(dispatch: Dispatch, controller: Controller): () => void {
  const fail = (error: unknown): void => dispatch({ kind: 'notice', notice: infoOf(error) });
  const take = async (): Promise<void> => {
    const dropped = await ask('shell.takeDropped');
    if (dropped !== null) controller.start(requestFor(dropped));
  };
  const reload = async (): Promise<void> => {
    await load(dispatch);
    await take();
  };
  const begin = async (): Promise<void> => {
    const shell = await ask('shell.state');
    dispatch({ kind: 'shell', shell });
    if (shell.core === 'ready') await reload();
  };
  const offs = [
    hear('server.changed', server => dispatch({ kind: 'server', server })),
    hear('server.forgotten', ({ id }) => dispatch({ kind: 'forgotten', id })),
    hear('share.changed', () => void loadSharing(dispatch).catch(fail)),
    hear('setup.progress', setup => dispatch({ kind: 'setup', setup })),
    hear('shell.changed', shell => {
      dispatch({ kind: 'shell', shell });
      if (shell.core === 'ready') reload().catch(fail);
    }),
    hear('shell.dropped', () => void begin().catch(fail)),
  ];
  begin().catch(fail);
  const timer = window.setInterval(() => dispatch({ kind: 'now', now: Date.now() }), 1000);
  return () => {
    window.clearInterval(timer);
    for (const off of offs) off();
  };
}

function requestFor({ profile, folder, file }: Dropped): StartRequest {
  return { profile, ...(folder === null ? {} : { folder }), ...(file === null ? {} : { file }) };
}
