import type { ProfileKind } from './kind.ts';
import { fullOnly } from './common/full-only.ts';
import { pythonMain } from './simple/python-main.ts';
import { simpleProfile } from './simple.ts';

/** TensorBoard 2, which shows the event files below the working folder. It has no credential of its own. */
export const kind: ProfileKind = {
  name: 'tensorboard',
  title: 'TensorBoard',
  aliases: [],
  // Three bars on a line.
  icon: 'M3 19h18v2H3zM5 11h3.500v6H5zM10.250 4h3.500v13h-3.500zM15.500 8H19v9h-3.500z',
  file: 'never',
  order: 160,
  docs: {
    tried: '2.20',
    credential: 'none: Gatehouse is the only guard',
    notEnforced: 'Its port is open to other accounts on the computer.',
  },
  folderCode: {
    untrusted: 'nothing-runs',
    whenUntrusted: 'Nothing: it reads event files.',
    whenTrusted: 'Nothing.',
    tested: 'TensorBoard 2.20',
  },
  ownVariables: /^(?:TENSORBOARD_|TB_)/,
  shownCredential: {
    codeSees: 'none-shown',
    how: 'No credential is sent to it: its port on 127.0.0.1 asks for none, and it has no use for one of a gateway.',
    tested: null,
  },
  create: options =>
    simpleProfile(
      {
        name: 'tensorboard',
        title: 'TensorBoard',
        source: { kind: 'python', distribution: 'tensorboard', scripts: ['tensorboard'] },
        file: 'never',
        listens: 'port',
        command: ({ folder, port }) => [
          ...pythonMain('tensorboard.main', 'run_main', 'tensorboard'),
          '--logdir',
          folder,
          '--host',
          '127.0.0.1',
          '--port',
          String(port),
        ],
        readyPath: '/data/environment',
        sharing: fullOnly('TensorBoard shows everybody the same; there is nothing to hold back.'),
      },
      options,
    ),
};
