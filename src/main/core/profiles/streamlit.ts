import type { ProfileKind } from './kind.ts';
import { fullOnly } from './common/full-only.ts';
import { simpleProfile } from './simple.ts';
import { pythonMain } from './simple/python-main.ts';
import { olderThan, type SimpleRun } from './simple/simple-server.ts';

/** One app of Streamlit, by its file. It has no credential of its own. */
export const kind: ProfileKind = {
  name: 'streamlit',
  title: 'Streamlit',
  aliases: [],
  // A crown of three points.
  icon: 'M3 7.500l5.500 4L12 5l3.500 6.500 5.500-4-2.500 9.500H5.500zM5.500 18.500h13V20h-13z',
  file: 'must',
  order: 110,
  docs: {
    tried: '1.67',
    credential: 'none: Gatehouse is the only guard',
    notEnforced:
      'Anyone who opens the app can do everything that it offers. Its port is open to other accounts.',
  },
  folderCode: {
    untrusted: 'named-program',
    whenUntrusted: 'The file that you name, run from its folder, from which its imports and pages come.',
    whenTrusted: 'The same.',
    tested: 'Streamlit 1.67: nothing of the folder but the named file and what it imports',
  },
  ownVariables: /^STREAMLIT_/,
  shownCredential: {
    codeSees: 'none-shown',
    how: 'No credential is sent to it: its port on 127.0.0.1 asks for none, and it has no use for one of a gateway.',
    tested: null,
  },
  create: options =>
    simpleProfile(
      {
        name: 'streamlit',
        title: 'Streamlit',
        source: { kind: 'python', distribution: 'streamlit', scripts: ['streamlit'] },
        refuseVersion: olderThan(
          '1.54.0',
          'on Windows it hands out files next to those of the app, and its account to other servers (CVE-2024-42474, CVE-2026-33682). Update it with pip.',
        ),
        file: 'must',
        listens: 'port',
        loopbackOnly: true,
        command: run => [...pythonMain('streamlit.web.cli', 'main', 'streamlit'), ...argumentsOf(run)],
        readyPath: '/_stcore/health',
        preflight: { paths: ['/'], sockets: ['/_stcore/stream'] },
        sharing: fullOnly(
          'A Streamlit app runs its code again at each click of a viewer, so viewing cannot be told from acting.',
        ),
      },
      options,
    ),
};

/**
 * The command line wins over `config.toml` of the user and of the folder, and over the environment. The
 * attack: such a file, perhaps of a downloaded folder, moves the app to the network, opens it to every
 * origin, or believes a header that a guest can send to be somebody else in `st.user`.
 */
function argumentsOf({ port, file }: SimpleRun): readonly string[] {
  return [
    'run',
    '--global.developmentMode=false',
    '--server.address=127.0.0.1',
    `--server.port=${port}`,
    '--server.baseUrlPath=',
    '--server.headless=true',
    '--server.enableCORS=true',
    '--server.enableXsrfProtection=true',
    '--server.trustedUserHeaders={}',
    '--server.sslCertFile=',
    '--server.sslKeyFile=',
    '--browser.gatherUsageStats=false',
    '--',
    file ?? '',
  ];
}
