import type { Upstream } from '../ports.ts';
import { recreatePrivateFile } from '../private-file.ts';
import { Secret } from '../secret.ts';
import type { ProfileKind } from './kind.ts';
import { marimoSharing } from './marimo/marimo-sharing.ts';
import { pathsOf } from './python/interpreter.ts';
import { roleSecret } from './common/role-secret.ts';
import { simpleProfile } from './simple.ts';
import { olderThan, type SimpleRun, type SimpleServer } from './simple/simple-server.ts';

/**
 * The notebook too: marimo's page has a service worker say it with each request for a file of the folder
 * `public`, and a worker of the whole address is not allowed at Gatehouse's doors. So nobody says another one
 * either.
 */
function headersOf(secret: Secret<string>, file: string | null): Upstream['headers'] {
  const token = ['Authorization', new Secret(`Bearer ${secret.reveal()}`)] as const;
  return file === null ? [token] : [token, ['X-Notebook-Id', new Secret(encodeURIComponent(file))]];
}

/**
 * marimo: `edit` for the owner, and for a notebook also `run`, a second process for guests who only look
 * (shim/gatehouse_marimo.py).
 */
export const marimo: SimpleServer = {
  name: 'marimo',
  title: 'marimo',
  source: { kind: 'python', distribution: 'marimo', scripts: ['marimo'] },
  refuseVersion: olderThan(
    '0.23.0',
    'anyone who reaches its port can open a terminal without a credential (CVE-2026-39987).',
  ),
  file: 'may',
  listens: 'port',
  loopbackOnly: true,
  // The app of a notebook runs it: not where nobody has said that its folder is trusted.
  secondPort: ({ file, folderTrusted }) => file !== null && folderTrusted,
  command: run => [
    pathsOf(run.platform).join(run.shim, 'gatehouse_marimo.py'),
    run.folderTrusted ? 'trusted' : 'untrusted',
    run.file ?? run.folder,
    String(run.port),
    run.secretFile,
    ...(run.secondPort === null ? [] : [String(run.secondPort), viewerFile(run)]),
  ],
  prepare: run => recreatePrivateFile(viewerFile(run), roleSecret(run.secret, 'viewer').reveal()),
  readyPath: '/health',
  upstream: run => ({
    headers: headersOf(run.secret, run.file),
    // They would let a browser in by themselves, also after the link was taken back.
    withheldCookies: [/^session_\d+(?:_|$)/],
    forRole: {
      viewer: {
        // Without a notebook there is no app, and a viewer must not be led to the editor instead: nobody
        // answers there.
        address:
          run.secondPort === null
            ? { kind: 'socket', path: pathsOf(run.platform).join(run.directory, 'no-app.sock') }
            : { kind: 'port', port: run.secondPort },
        headers: headersOf(roleSecret(run.secret, 'viewer'), run.file),
      },
    },
  }),
  preflight: { paths: ['/', '/api/version'], sockets: ['/ws?session_id=gatehouse', '/terminal/ws'] },
  sharing: marimoSharing,
};

function viewerFile({ platform, directory }: SimpleRun): string {
  return pathsOf(platform).join(directory, 'viewer-secret');
}

export const kind: ProfileKind = {
  name: 'marimo',
  title: 'marimo',
  aliases: [],
  // A ball of moss, with its shine.
  icon: 'M12 2.500a9.500 9.500 0 1 1 0 19 9.500 9.500 0 0 1 0-19zm0 2.200a7.300 7.300 0 1 0 0 14.600 7.300 7.300 0 0 0 0-14.600zm-4.500 3.600l2 1.100-2 1.100zM14 7.500l2.200 1.200L14 10zM9.500 13l2.200 1.200-2.200 1.300zM15.500 13.500l1.800 1-1.800 1z',
  file: 'may',
  untrusted: 'The settings of the folder are not read, and viewers get no app.',
  order: 110,
  docs: {
    tried: '0.25.2',
    credential: '`Authorization: Bearer`, by a token file; another token for the app that viewers see',
    notEnforced:
      "A viewer uses the app, which runs the notebook's code as you. When it is opened with a folder, files in `public` are not shown.",
  },
  folderCode: {
    untrusted: 'restricted',
    whenUntrusted:
      "Nothing, even when the page or a notebook is opened: cells wait for you, the folder's `pyproject.toml` and the notebook's own settings are not read, and modules are looked up in the folder last. There is no app for viewers.",
    whenTrusted:
      'Its `pyproject.toml` may say that cells run when a notebook is opened, and in which environment. A viewer runs the notebook.',
    tested:
      'marimo 0.25.2 in Chromium: a folder with a module of every name that marimo and Python know, and settings that run cells',
    notice: 'the app that viewers would see is not started, as the folder is not trusted.',
  },
  ownVariables: /^_?MARIMO_|^UVICORN_|^(?:WEB_CONCURRENCY|FORWARDED_ALLOW_IPS)$/,
  shownCredential: {
    codeSees: 'taken-off',
    how: 'The shim has marimo check the header before the rest of its server, keep the verdict in its own session, and removes the header. Its page `/auth/token` gives nobody a token.',
    tested:
      'marimo 0.25.2: the request that a notebook sees, in the editor and in the app; a package that takes part in the server',
  },
  create: options => simpleProfile(marimo, options),
};
