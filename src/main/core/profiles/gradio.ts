import { pathsOf } from './python/interpreter.ts';
import type { ProfileKind } from './kind.ts';
import { fullOnly } from './common/full-only.ts';
import { simpleProfile } from './simple.ts';
import { olderThan } from './simple/simple-server.ts';

/**
 * A Python file that launches a Gradio app on its own. What it says in `launch()` wins over what it is told,
 * so it is looked at where it listens.
 */
export const kind: ProfileKind = {
  name: 'gradio',
  title: 'Gradio',
  aliases: [],
  // Two layers, one over the other.
  icon: 'M12 3l9 4.500-9 4.500-9-4.500zM3 12l9 4.500 9-4.500v2.500L12 19l-9-4.500z',
  file: 'must',
  order: 120,
  docs: {
    tried: '6.31',
    credential: 'none: Gatehouse is the only guard',
    notEnforced:
      'Anyone who opens the app can do everything that it offers. Its port is open to other accounts. A script that asks for a public Gradio link is pointed at a server that does not exist.',
  },
  folderCode: {
    untrusted: 'named-program',
    whenUntrusted: 'The file that you name, run from its folder, from which it imports.',
    whenTrusted: 'The same.',
    tested: 'Gradio 6.31: as Streamlit',
  },
  ownVariables:
    /^(?:GRADIO_|SPACE_|UVICORN_)|^(?:SYSTEM|KAGGLE_KERNEL_RUN_TYPE|WEB_CONCURRENCY|FORWARDED_ALLOW_IPS)$/,
  shownCredential: {
    codeSees: 'none-shown',
    how: 'No credential is sent to it: its port on 127.0.0.1 asks for none, and it has no use for one of a gateway.',
    tested: null,
  },
  create: options =>
    simpleProfile(
      {
        name: 'gradio',
        title: 'Gradio',
        source: { kind: 'python', distribution: 'gradio', scripts: ['gradio'] },
        refuseVersion: olderThan(
          '6.7.0',
          'its visitors can read files and reach other servers through it (CVE-2026-28414, CVE-2026-28416). Update it with pip.',
        ),
        file: 'must',
        listens: 'port',
        loopbackOnly: true,
        command: ({ file }) => ['-u', file ?? ''],
        variables: ({ port, directory, platform }) => ({
          GRADIO_SERVER_NAME: '127.0.0.1',
          GRADIO_SERVER_PORT: String(port),
          // Not the next port that is free: the door would wait for this one.
          GRADIO_NUM_PORTS: '1',
          GRADIO_ROOT_PATH: '',
          GRADIO_SHARE: 'False',
          // A public link goes past the door. One that the script asks for is asked of nobody: nothing
          // listens on port 1.
          GRADIO_SHARE_SERVER_ADDRESS: '127.0.0.1:1',
          GRADIO_ANALYTICS_ENABLED: 'False',
          HF_HUB_DISABLE_TELEMETRY: '1',
          // A second process, which listens on a port of its own.
          GRADIO_SSR_MODE: 'False',
          // What people upload; without it in a folder of /tmp that all accounts share.
          GRADIO_TEMP_DIR: pathsOf(platform).join(directory, 'gradio'),
        }),
        readyPath: '/',
        preflight: { paths: ['/config', '/gradio_api/info'], sockets: [] },
        // `file/` is its old spelling, which it still answers.
        upstream: () => ({ contentPaths: [/^\/gradio_api\/file[=/]/] }),
        sharing: fullOnly(
          'A Gradio app runs its functions for everyone who opens it, so viewing cannot be told from acting.',
        ),
      },
      options,
    ),
};
