/** What the home window knows and shows. Pure: `reduce` answers with the next model and touches nothing. */
import type {
  About,
  ErrorInfo,
  Failure,
  FoundServer,
  ProfileInfo,
  ServerInfo,
  SetupProgress,
  StartRequest,
} from '../shared/model.ts';
import type { GuestSessionInfo, ShareLinkInfo, JoinRequestInfo } from '../shared/share-model.ts';
import type { ShellState } from '../shared/window.ts';
import { announcement } from './words.ts';

export type Page =
  { readonly kind: 'list' } | { readonly kind: 'custom' } | { readonly kind: 'failure'; readonly id: string };

/** How a server is shared. */
export interface Shared {
  readonly links: number;
  readonly people: number;
  readonly waiting: number;
}

/** A start that waits for what its owner says of the folder. */
export interface TrustQuestion {
  readonly request: StartRequest;
  /** Real path. */
  readonly folder: string;
  /** What is off where it is not trusted, one sentence. */
  readonly off: string;
  /** Why it may be asked about once more. */
  readonly warnings: readonly string[];
}

export interface Model {
  readonly page: Page;
  readonly shell: ShellState | null;
  readonly about: About | null;
  readonly servers: readonly ServerInfo[];
  /** By name. */
  readonly kinds: Readonly<Record<string, ProfileInfo>>;
  /** Null until the first look is over. */
  readonly found: readonly FoundServer[] | null;
  readonly looking: boolean;
  readonly setup: SetupProgress | null;
  /** By server. */
  readonly sharing: Readonly<Record<string, Shared>>;
  readonly failures: Readonly<Record<string, Failure>>;
  readonly notice: ErrorInfo | null;
  /** A start that waits for an answer. */
  readonly question: TrustQuestion | null;
  /** Servers that were started from this window: when one of them fails, the window shows why. */
  readonly started: readonly string[];
  /** Read aloud by screen readers. */
  readonly said: string;
  readonly now: number;
}

export type Change =
  | { readonly kind: 'shell'; readonly shell: ShellState }
  | { readonly kind: 'about'; readonly about: About }
  | { readonly kind: 'kinds'; readonly kinds: readonly ProfileInfo[] }
  | { readonly kind: 'servers'; readonly servers: readonly ServerInfo[] }
  | { readonly kind: 'server'; readonly server: ServerInfo }
  | { readonly kind: 'forgotten'; readonly id: string }
  | { readonly kind: 'looking' }
  | { readonly kind: 'found'; readonly found: readonly FoundServer[] }
  | { readonly kind: 'setup'; readonly setup: SetupProgress }
  | { readonly kind: 'sharing'; readonly sharing: Readonly<Record<string, Shared>> }
  | { readonly kind: 'failure'; readonly id: string; readonly failure: Failure }
  | { readonly kind: 'started'; readonly id: string }
  | { readonly kind: 'page'; readonly page: Page }
  | { readonly kind: 'notice'; readonly notice: ErrorInfo | null }
  | { readonly kind: 'question'; readonly question: TrustQuestion | null }
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'now'; readonly now: number };

export function emptyModel(now: number): Model {
  return {
    page: { kind: 'list' },
    shell: null,
    about: null,
    servers: [],
    kinds: {},
    found: null,
    looking: false,
    setup: null,
    sharing: {},
    failures: {},
    notice: null,
    question: null,
    started: [],
    said: '',
    now,
  };
}

export function reduce(model: Model, change: Change): Model {
  switch (change.kind) {
    case 'shell':
      return { ...model, shell: change.shell };
    case 'about':
      return { ...model, about: change.about };
    case 'kinds':
      return { ...model, kinds: Object.fromEntries(change.kinds.map(kind => [kind.name, kind])) };
    case 'servers':
      return { ...model, servers: sorted(change.servers) };
    case 'server':
      return changed(model, change.server);
    case 'forgotten':
      return forgotten(model, change.id);
    case 'looking':
      return { ...model, looking: true };
    case 'found':
      return { ...model, found: change.found, looking: false };
    case 'setup':
      return { ...model, setup: change.setup.step === 'done' ? null : change.setup };
    case 'sharing':
      return { ...model, sharing: change.sharing };
    case 'failure':
      return { ...model, failures: { ...model.failures, [change.id]: change.failure } };
    case 'started':
      return started(model, change.id);
    case 'page':
      return { ...model, page: change.page, notice: null };
    case 'question':
      return { ...model, question: change.question };
    case 'notice':
      return { ...model, notice: change.notice };
    case 'said':
      return { ...model, said: change.text };
    case 'now':
      return { ...model, now: change.now };
    default:
      return change satisfies never;
  }
}

function changed(model: Model, server: ServerInfo): Model {
  const before = model.servers.find(({ id }) => id === server.id);
  const servers = sorted([...model.servers.filter(({ id }) => id !== server.id), server]);
  const said = before?.state === server.state ? model.said : announcement(server);
  return showFailure({ ...model, servers, said }, server);
}

/** The person who started it waits for it. A failure is shown once, and not over a form. */
function showFailure(model: Model, server: ServerInfo): Model {
  const isOver = server.state === 'failed' || server.state === 'ready' || server.state === 'stopped';
  if (!isOver || !model.started.includes(server.id)) return model;
  const waited = { ...model, started: model.started.filter(id => id !== server.id) };
  const mayShow = server.state === 'failed' && model.page.kind === 'list';
  return mayShow ? { ...waited, page: { kind: 'failure', id: server.id } } : waited;
}

/** The answer to a start may come after the news that it failed. */
function started(model: Model, id: string): Model {
  const waiting = {
    ...model,
    started: [...model.started.filter(other => other !== id), id],
    page: { kind: 'list' } as const,
  };
  const server = model.servers.find(other => other.id === id);
  return server?.state === 'failed' ? showFailure(waiting, server) : waiting;
}

function forgotten(model: Model, id: string): Model {
  const { [id]: _gone, ...failures } = model.failures;
  const page =
    model.page.kind === 'failure' && model.page.id === id ? ({ kind: 'list' } as const) : model.page;
  return { ...model, servers: model.servers.filter(server => server.id !== id), failures, page };
}

/** What needs attention and what runs first, by name; stopped ones last. */
function sorted(servers: readonly ServerInfo[]): readonly ServerInfo[] {
  const rank = ({ state }: ServerInfo): number => (state === 'stopped' ? 1 : 0);
  return Array.from(servers).sort(
    (a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  );
}

export function running(model: Model): readonly ServerInfo[] {
  return model.servers.filter(({ state }) => state !== 'stopped');
}

export function resting(model: Model): readonly ServerInfo[] {
  return model.servers.filter(({ state }) => state === 'stopped');
}

/** The installation that a start without a choice uses: the first that works. */
export function best(model: Model): FoundServer | null {
  return model.found?.find(({ problem }) => problem === null) ?? null;
}

/** Links that are open, people and waits, counted by server. */
export function countSharing(
  links: readonly ShareLinkInfo[],
  people: readonly GuestSessionInfo[],
  waiting: readonly JoinRequestInfo[],
): Readonly<Record<string, Shared>> {
  const counts: Record<string, Shared> = {};
  const add = (server: string, change: Partial<Shared>): void => {
    const before = counts[server] ?? { links: 0, people: 0, waiting: 0 };
    counts[server] = {
      links: before.links + (change.links ?? 0),
      people: before.people + (change.people ?? 0),
      waiting: before.waiting + (change.waiting ?? 0),
    };
  };
  for (const link of links) if (link.state === 'open') add(link.server, { links: 1 });
  for (const person of people) add(person.server, { people: 1 });
  for (const one of waiting) add(one.server, { waiting: 1 });
  return counts;
}
