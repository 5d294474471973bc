import type { ProfileKind } from './kind.ts';
import { fullOnly } from './common/full-only.ts';
import { simpleProfile } from './simple.ts';
import { pathsOf } from './python/interpreter.ts';

/**
 * ComfyUI, which makes pictures from workflows. A workflow names nodes, and nodes are Python code: anyone who
 * may queue one runs code. It has no credential of its own.
 */
export const kind: ProfileKind = {
  name: 'comfyui',
  title: 'ComfyUI',
  aliases: ['comfy'],
  // Two nodes and the wire between them.
  icon: 'M2.500 4h7v7h-7zM14.500 13h7v7h-7zM9.500 6.500h4.250v8.250h.75v2h-2.750V8.500H9.500z',
  file: 'never',
  order: 150,
  docs: {
    tried: null,
    credential: 'none: Gatehouse is the only guard',
    notEnforced:
      'Anyone with access can run workflows, and so code as you. Its port is open to other accounts on the computer.',
  },
  folderCode: {
    untrusted: 'nothing-runs',
    whenUntrusted:
      'Nothing: ComfyUI runs from where it was unpacked. One in the opened folder runs only if you choose it (`--env`).',
    whenTrusted: 'The same.',
    tested: null,
  },
  ownVariables: /^COMFYUI_/,
  shownCredential: {
    codeSees: 'none-shown',
    how: 'No credential is sent to it: its port on 127.0.0.1 asks for none, and it has no use for one of a gateway.',
    tested: null,
  },
  create: options =>
    simpleProfile(
      {
        name: 'comfyui',
        title: 'ComfyUI',
        source: {
          kind: 'checkout',
          marks: ['main.py', 'nodes.py', 'comfy'],
          places: ['ComfyUI', 'comfy/ComfyUI', 'Documents/ComfyUI', 'Documents/comfy/ComfyUI'],
          versionFile: 'comfyui_version.py',
        },
        file: 'never',
        listens: 'port',
        runsIn: run => run.location,
        // `--listen` without an address would be every address.
        command: ({ location, platform, port }) => [
          pathsOf(platform).join(location, 'main.py'),
          '--listen',
          '127.0.0.1',
          '--port',
          String(port),
          '--disable-auto-launch',
        ],
        readyPath: '/system_stats',
        // Models and nodes are read before it answers.
        readySeconds: 1800,
        caveat:
          'anyone who reaches its port, including other accounts on this computer, can run code as you.',
        sharing: fullOnly('Anyone who reaches ComfyUI can queue workflows, and a workflow runs code.', {
          can: ['Queue workflows, which run code as you', 'See and delete what others have made'],
        }),
      },
      options,
    ),
};
