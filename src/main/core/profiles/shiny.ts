import type { ProfileKind } from './kind.ts';
import { fullOnly } from './common/full-only.ts';
import { simpleProfile } from './simple.ts';
import { pythonMain } from './simple/python-main.ts';

/** One app of Shiny for Python, by its file. It has no credential of its own. */
export const kind: ProfileKind = {
  name: 'shiny',
  title: 'Shiny for Python',
  aliases: [],
  // A star of four points, and a small one.
  icon: 'M10 4l2 6 6 2-6 2-2 6-2-6-6-2 6-2zM18.500 3l1 2.500L22 6.500l-2.500 1-1 2.500-1-2.500-2.500-1 2.500-1z',
  file: 'must',
  order: 130,
  docs: {
    tried: '1.8',
    credential: 'none: Gatehouse is the only guard',
    notEnforced:
      'Anyone who opens the app can do everything that it offers. Its port is open to other accounts.',
  },
  folderCode: {
    untrusted: 'named-program',
    whenUntrusted: 'The file that you name, run from its folder, from which it imports.',
    whenTrusted: 'The same.',
    tested: 'Shiny 1.8: as Streamlit',
  },
  ownVariables: /^(?:SHINY_|UVICORN_)|^(?:WEB_CONCURRENCY|FORWARDED_ALLOW_IPS)$/,
  shownCredential: {
    codeSees: 'none-shown',
    how: 'No credential is sent to it: its port on 127.0.0.1 asks for none, and it has no use for one of a gateway.',
    tested: null,
  },
  create: options =>
    simpleProfile(
      {
        name: 'shiny',
        title: 'Shiny for Python',
        source: { kind: 'python', distribution: 'shiny', scripts: ['shiny'] },
        file: 'must',
        listens: 'port',
        loopbackOnly: true,
        command: ({ port, file }) => [
          ...pythonMain('shiny._main', 'main', 'shiny'),
          'run',
          '--host',
          '127.0.0.1',
          '--port',
          String(port),
          // Its author's console, over the page of a viewer, is for its author.
          '--no-dev-mode',
          '--',
          file ?? '',
        ],
        readyPath: '/',
        preflight: { paths: ['/'], sockets: ['/websocket/'] },
        sharing: fullOnly(
          'A Shiny app recalculates at each click of a viewer, so viewing cannot be told from acting.',
        ),
      },
      options,
    ),
};
