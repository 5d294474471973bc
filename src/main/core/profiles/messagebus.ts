import { join } from 'node:path';
import type { Profile } from '../ports.ts';
import type { ProfileKind, ProfileOptions } from './kind.ts';
import { busProver } from './messagebus/prove.ts';
import { busSharing } from './messagebus/bus-sharing.ts';
import { route } from './messagebus/bus-roles.ts';
import type { SimpleServer } from './simple/simple-server.ts';
import { simpleProfile } from './simple.ts';

/** The message bus of OpenVoiceOS, which speaks Mycroft's protocol. It asks nobody for a credential. */
export const kind: ProfileKind = {
  name: 'messagebus',
  title: 'OVOS message bus',
  aliases: ['ovos', 'mycroft', 'bus'],
  // A line, and three that speak on it.
  icon: 'M2 11h20v2H2zM5 4h2v7H5zM11 13h2v7h-2zM17 4h2v7h-2zM4 2.500h4v3H4zM10 18.500h4v3h-4zM16 2.500h4v3h-4z',
  file: 'never',
  order: 60,
  docs: {
    tried: '0.0.10, with ovos-bus-client 1.5.0 and ovos-core 2.1.1',
    credential:
      'none: Gatehouse is the only guard. Its own clients send the token in the path (`/core/TOKEN`), as `token=`, by Basic or in a subprotocol',
    notEnforced:
      'A satellite is believed about the room that it is in and about its own conversation. On Windows the port is open to other accounts on the computer.',
  },
  folderCode: {
    untrusted: 'nothing-runs',
    whenUntrusted: 'Nothing: the folder is not used.',
    whenTrusted: 'Nothing.',
    tested: 'ovos-messagebus 0.0.10',
  },
  ownVariables: /^(?:OVOS_|MYCROFT_)/,
  shownCredential: {
    codeSees: 'none-shown',
    how: 'No credential is sent to it: it listens on a Unix socket in the private folder of the run, or on a port of 127.0.0.1 that asks for none.',
    tested: null,
  },
  create: busProfile,
};

function busProfile(options: ProfileOptions): Profile {
  const onSocket = simpleProfile(busServer('socket'), options);
  const onPort = simpleProfile(busServer('port'), options);
  return {
    ...onSocket,
    plan: async (request, found, context) => {
      const plan = await (context.canUseSockets ? onSocket : onPort).plan(request, found, context);
      return { ...plan, prove: busProver(plan, options.platform) };
    },
  };
}

/** @param listens a Unix socket in the private folder where there are any: no other account reaches it */
function busServer(listens: SimpleServer['listens']): SimpleServer {
  return {
    name: 'messagebus',
    title: kind.title,
    source: { kind: 'python', distribution: 'ovos_messagebus', scripts: ['ovos-messagebus'] },
    file: 'never',
    listens,
    command: ({ shim, socket, port }) => [
      join(shim, 'gatehouse_bus.py'),
      listens === 'socket' ? socket : String(port),
    ],
    variables: ({ environment }) => namedOf(environment),
    readyPath: route,
    preflight: { paths: ['/'], sockets: [route] },
    readySeconds: 60,
    clientCredential: {
      headers: [],
      parameters: ['token'],
      pathPrefix: `${route}/`,
      subprotocol: true,
    },
    sharing: busSharing,
  };
}

/**
 * By these OVOS finds its configuration, besides XDG's own; the user's configuration is the bus's, but for
 * where it listens.
 */
const configurationNames = [
  'OVOS_CONFIG_BASE_FOLDER',
  'OVOS_CONFIG_FILENAME',
  'OVOS_DEFAULT_CONFIG',
  'OVOS_DISTRIBUTION_CONFIG',
  'MYCROFT_SYSTEM_CONFIG',
  'MYCROFT_WEB_CACHE',
];

function namedOf(environment: ProfileOptions['environment']): Record<string, string> {
  return Object.fromEntries(
    configurationNames.flatMap(name => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
