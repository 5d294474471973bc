import { recreatePrivateFile } from '../private-file.ts';
import { pathsOf } from './python/interpreter.ts';
import type { ProfileKind } from './kind.ts';
import { nodeRedSharing } from './node-red/node-red-sharing.ts';
import { roleSecret } from './common/role-secret.ts';
import { simpleProfile } from './simple.ts';
import { olderThan, type SimpleRun, type SimpleServer } from './simple/simple-server.ts';

const secretHeader = 'X-Gatehouse-Upstream';

/**
 * Node-RED, from whatever `node-red` is on PATH. It runs with a settings file of ours, which takes the user's
 * own as its base (shim/gatehouse-settings.cjs): user folder, flows and credentials stay where they are;
 * where it listens and whom it believes are ours to say.
 */
export const nodeRed: SimpleServer = {
  name: 'node-red',
  title: 'Node-RED',
  source: {
    kind: 'program',
    names: ['node-red'],
    // On a Node that is too old it prints the version of that one instead, and fails.
    pattern: /^Node-RED v(\d+\.\d+[\w.+-]*)/m,
  },
  refuseVersion: olderThan(
    '4.0.0',
    'it is no longer maintained (before 1.2.8: CVE-2021-21297, CVE-2021-21298), and lacks settings that Gatehouse needs.',
  ),
  file: 'may',
  // Its `uiPort` may be a path: no port of it is open to other accounts.
  listens: 'socket',
  command: ({ shim, platform, file, folderTrusted }) => [
    '--settings',
    pathsOf(platform).join(shim, 'gatehouse-settings.cjs'),
    // Flows are loaded and shown, and wait for their first deployment.
    ...(file === null || folderTrusted ? [] : ['--safe']),
    ...(file === null ? [] : [file]),
  ],
  variables: run => ({ GATEHOUSE_NODE_RED: givenFile(run) }),
  prepare: writeGiven,
  readyPath: '/',
  headers: secret => [[secretHeader, secret]],
  upstream: ({ secret, socket }) => ({
    forRole: {
      viewer: {
        address: { kind: 'socket', path: socket },
        headers: [[secretHeader, roleSecret(secret, 'viewer')]],
      },
    },
  }),
  sharing: nodeRedSharing,
};

function givenFile({ platform, directory }: SimpleRun): string {
  return pathsOf(platform).join(directory, 'node-red.json');
}

/** What the settings file reads, once, and removes. */
async function writeGiven(run: SimpleRun): Promise<void> {
  const given = {
    socket: run.socket,
    header: secretHeader,
    owner: { user: run.user, secret: run.secret.reveal() },
    viewer: { user: 'guest', secret: roleSecret(run.secret, 'viewer').reveal() },
  };
  await recreatePrivateFile(givenFile(run), JSON.stringify(given));
}

export const kind: ProfileKind = {
  name: 'node-red',
  title: 'Node-RED',
  aliases: ['nodered'],
  // Three nodes and their wires.
  icon: 'M2 5h7v4H2zM15 3h7v4h-7zM15 16h7v4h-7zM9 6.250h2.500c1.500 0 1.500-2 3.500-2v1.500c-1.200 0-1.200 2-3.500 2H9zM8.500 7c4 0 2.500 10.250 6.500 10.250v1.500C8.500 18.750 10.500 8.500 8.500 8.500z',
  file: 'may',
  untrusted:
    'A flows.json in the folder is not used, and a flow file that you name does not run until you deploy it.',
  order: 100,
  docs: {
    tried: '5.0.7',
    credential:
      'a header, read by `adminAuth.tokens` in a settings file of ours; one secret for everything, one for reading',
    notEnforced:
      'A viewer sees what is written in the nodes. Anyone who deploys a flow runs code as you. What flows open themselves (TCP, UDP, MQTT) bypasses the gateway.',
  },
  folderCode: {
    untrusted: 'restricted',
    whenUntrusted:
      'Nothing: Node-RED starts outside the folder, so it does not use a `flows.json` there, and a flow file that you name is shown but not started until you deploy it (`--safe`).',
    whenTrusted:
      'A flow file in the folder starts with Node-RED, if you name it or if it has the name in your settings (`flows.json`).',
    tested: 'Node-RED 5.0.7: flows that run a command, nodes, settings',
  },
  ownVariables: /^NODE_RED_|^(?:PORT|FLOWS)$/,
  shownCredential: {
    codeSees: 'taken-off',
    how: 'The shim checks each request and each upgrade before any handler of Node-RED sees it, and removes the header. What the editor reads instead is valid only while the request lasts, and lets nobody in.',
    tested: 'Node-RED 5.0.7: a flow, routes of a package, one that takes WebSockets',
  },
  create: options => simpleProfile(nodeRed, options),
};
