/**
 * What a guest may do in Node-RED. Its own scope `read` holds a viewer back from writing; this list holds
 * back the rest: credentials, contexts, files of projects and the library, and everything that a flow serves
 * (a request to an `http in` node runs the flow). A function node runs code as the owner, so anyone who may
 * deploy is `full`.
 */
import type { ProfileSharing, SocketFilter } from '../../role-ports.ts';
import { reads, viewerAndFull } from '../common/viewer-and-full.ts';

/** What the page of the editor requests on its own. */
const editorPage = reads(
  '/',
  '/favicon.ico',
  '/red/**',
  '/vendor/**',
  '/types/**',
  '/theme/**',
  '/locales/**',
  '/icons/**',
  '/resources/**',
  // Pages of the debug sidebar; no data.
  '/debug/view/**',
  '/auth/login',
  '/settings',
  '/settings/user',
  '/plugins',
  '/plugins/messages',
  '/nodes',
  '/nodes/messages',
  '/flows',
  '/flows/state',
  // Where projects are in use the page opens no flow without these; what is secret in them is left out by the
  // settings file.
  '/projects',
  '/projects/:name',
);

/** A subscription as the editor writes it: `notification/#`, `status/#`, `debug`. */
const topic = /^[a-z][a-z-]{0,31}(?:\/[a-z-]{1,32}){0,3}(?:\/#)?$/;

/**
 * Of what a viewer says only subscriptions pass, said again by us. Node-RED makes a regular expression of the
 * topic and falls over where it is no text; `auth` would change who the socket belongs to, and any other
 * message goes to whatever listens to it in the runtime.
 */
export function viewComms(): SocketFilter {
  return {
    fromGuest: message => {
      const wanted = message.binary ? null : subscriptionIn(message.data.toString('utf8'));
      if (wanted === null) return { kind: 'drop', reason: 'a viewer only listens' };
      const data = Buffer.from(JSON.stringify({ subscribe: wanted }));
      return { kind: 'replace', message: { binary: false, data } };
    },
    fromServer: () => ({ kind: 'pass' }),
  };
}

function subscriptionIn(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('subscribe' in value)) return null;
    if (Object.keys(value).length !== 1) return null;
    const { subscribe } = value;
    return typeof subscribe === 'string' && topic.test(subscribe) ? subscribe : null;
  } catch {
    return null;
  }
}

export const nodeRedSharing: ProfileSharing = {
  rules: viewerAndFull({
    routes: editorPage,
    limit: 'Your link lets you look at the flows. It does not let you change, deploy or trigger anything.',
    socket: {
      path: '/comms',
      open: () => ({
        allow: true,
        relay: 'filter',
        target: '/comms',
        subprotocols: [],
        messageBytes: 4096,
        readsServer: false,
        filter: chosen => (chosen === null ? viewComms() : null),
      }),
    },
  }),
  notOffered: [
    {
      role: 'editor',
      reason:
        'Node-RED grants either reading or everything: anyone who can deploy a flow runs code as you, so there is no role between.',
    },
  ],
  offers: () =>
    Promise.resolve([
      {
        role: 'viewer',
        title: 'Viewer',
        can: [
          'See the flows in the editor, with what is written in their nodes',
          'See the state of nodes, and debug messages as they come',
        ],
        cannot: [
          'Change, deploy, start or stop anything',
          'Read credentials, contexts or files of projects',
          'Reach the pages and addresses that the flows themselves serve',
        ],
        runsCode: false,
        note: 'A viewer sees a password that is written into a function node instead of a credential.',
      },
      {
        role: 'full',
        title: 'Full',
        can: [
          'Do everything in Node-RED that you can do, and reach everything that the flows serve',
          'Run code as you, in function and exec nodes, and install nodes',
        ],
        cannot: ['Stop or restart it from Gatehouse, or share it further'],
        runsCode: true,
        note: null,
      },
    ]),
};
