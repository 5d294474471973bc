/**
 * What a guest may do in marimo. `full` is in the editor, with its terminal. A viewer is sent to a process of
 * its own, `marimo run` of the same notebook, which has no editor; and there only to what the page of an app
 * asks for. The attacks: a viewer who names another notebook (`file=`), reads the code, or reaches the
 * terminal (CVE-2026-39987: it asked nobody who they were).
 */
import type { Upstream } from '../../ports.ts';
import type { ProfileSharing, RoleRefusal, SocketVerdict } from '../../role-ports.ts';
import type { RoleOffer } from '../../../../shared/share-model.ts';
import { reads, viewerAndFull, type ViewerRoute } from '../common/viewer-and-full.ts';

/**
 * What an app's elements tell the notebook: values, and the functions that an element offers. Only POST, so
 * that a page needs marimo's own header.
 */
const elements: readonly ViewerRoute[] = [
  '/api/kernel/set_ui_element_value',
  '/api/kernel/set_model_value',
  '/api/kernel/function_call',
].map(template => ({ template, methods: ['POST'] }));

const appPage = reads(
  '/',
  '/assets/**',
  '/favicon.ico',
  '/favicon-16x16.png',
  '/favicon-32x32.png',
  '/android-chrome-192x192.png',
  '/android-chrome-512x512.png',
  '/apple-touch-icon.png',
  '/logo.png',
  '/manifest.json',
  '/health',
  // Data of the app's own outputs, under names that cannot be guessed.
  '/@file/**',
  '/public/**',
);

/** Which notebook, whose session, by which token: nothing that a viewer says. */
const reserved = new Set(['file', 'kiosk', 'access_token']);

/** The path with the parameters that the app itself may read; one session. Null where there is none. */
function targetOf(query: string): string | null {
  const asked = new URLSearchParams(query);
  const session = asked.get('session_id') ?? '';
  if (!/^[\w-]{1,64}$/.test(session)) return null;
  const kept = new URLSearchParams({ session_id: session });
  for (const [name, value] of asked) {
    if (!reserved.has(name) && name !== 'session_id') kept.append(name, value);
  }
  return `/ws?${kept.toString()}`;
}

const noSession: RoleRefusal = {
  allow: false,
  reason: 'unknown-path',
  message: 'The app needs a session of its own, and the request names none.',
};

/** A viewer hears; what it does, it does by requests. */
function openApp(query: string): SocketVerdict {
  const target = targetOf(query);
  if (target === null) return noSession;
  return {
    allow: true,
    relay: 'filter',
    target,
    subprotocols: [],
    messageBytes: 4096,
    readsServer: false,
    filter: chosen =>
      chosen === null
        ? {
            fromGuest: () => ({ kind: 'drop', reason: 'this socket only tells' }),
            fromServer: () => ({ kind: 'pass' }),
          }
        : null,
  };
}

const viewer: RoleOffer = {
  role: 'viewer',
  title: 'Viewer',
  can: [
    'See the notebook as an app, as it was last saved, in a session of their own',
    "Use the app's sliders, buttons and forms: the notebook's own code then runs on this computer, as you",
  ],
  cannot: ['See or change the code', 'Open a terminal, the files or the settings'],
  runsCode: false,
  note: 'An element that reads files, asks a database or runs what is typed lets a viewer do the same: check what the app offers before you share it.',
};

const full: RoleOffer = {
  role: 'full',
  title: 'Full',
  can: ['Do everything in marimo that you can do: edit, run, terminal, files, packages'],
  cannot: ['Stop or restart it from Gatehouse, or share it further'],
  runsCode: true,
  note: 'One person edits at a time; marimo lets another one take over.',
};

const onlyStarted = 'Only where marimo was started with a notebook.';

/** Whether there is an app to show; null while that is not known. */
function hasApp(upstream: Upstream | null): boolean | null {
  return upstream === null ? null : upstream.forRole?.viewer?.address.kind === 'port';
}

export const marimoSharing: ProfileSharing = {
  rules: viewerAndFull({
    routes: [...appPage, ...elements],
    limit: 'Your link lets you use the app. It does not let you see or change its code.',
    socket: { path: '/ws', open: openApp },
    forbiddenParameters: reserved,
    // Hands out the token by which Gatehouse itself is let in.
    ownersOnly: /^\/+auth\/+token\/*$/i,
  }),
  notOffered: [
    {
      role: 'viewer',
      reason: 'it was started without a notebook, so there is no app to show; start it with one',
    },
    {
      role: 'editor',
      reason:
        'marimo lets one person edit at a time, and an editor runs code and opens files and the terminal: that is full',
    },
  ],
  offers: upstream => {
    const app = hasApp(upstream);
    if (app === false) return Promise.resolve([full]);
    const note = app === true ? viewer.note : `${onlyStarted} ${viewer.note ?? ''}`;
    return Promise.resolve([{ ...viewer, note }, full]);
  },
};
