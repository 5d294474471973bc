import type { ProfileKind } from './kind.ts';
import { fullOnly } from './common/full-only.ts';
import { pathsOf } from './python/interpreter.ts';
import { simpleProfile } from './simple.ts';
import type { SimpleRun } from './simple/simple-server.ts';

/**
 * Flask applications, Invenio among them. They have users of their own, so nothing is said to them in
 * anybody's name: their session, their CSRF token and an `Authorization` of their users pass untouched, and
 * the gateway only decides who may reach them. They are told https at both doors
 * (doc/decisions/0015-flask.md).
 */
export const kind: ProfileKind = {
  name: 'flask',
  title: 'Flask',
  aliases: ['invenio'],
  // A flask.
  icon: 'M9 3h6v2h-1v4.500l5 8.800A1.800 1.800 0 0117.400 21H6.600A1.800 1.800 0 015 18.300l5-8.800V5H9z',
  file: 'may',
  order: 200,
  docs: {
    tried: 'Flask 3.1, invenio-app 3.2.1',
    credential: 'none of ours: its users sign in to it, and their cookies and `Authorization` pass through',
    notEnforced:
      'The application decides what its users may do. Absolute addresses that it writes into pages name `https://localhost`, unless it is configured with its own (`SITE_UI_URL`).',
  },
  folderCode: {
    untrusted: 'named-program',
    whenUntrusted:
      'The file that you name, run from its folder, from which it imports. Without a file the start is refused: an `app.py` that was searched for is not one that you named.',
    whenTrusted:
      'Without a file: `wsgi.py` or `app.py` of the folder, or what its `.flaskenv` names, or Invenio.',
    tested: 'Flask 3.1: named, and not named',
  },
  ownVariables:
    /^FLASK_(?:APP|DEBUG|ENV|RUN_.*|SKIP_DOTENV)$|^(?:WERKZEUG_|GUNICORN_)|^(?:WEB_CONCURRENCY|FORWARDED_ALLOW_IPS|PORT|SCRIPT_NAME|SERVER_SOFTWARE|INVENIO_DEBUG)$/,
  shownCredential: {
    codeSees: 'none-shown',
    how: "No credential is sent to it: it listens on a Unix socket in the private folder of the run. An `Authorization` of its own users passes through; Gatehouse's never does.",
    tested: null,
  },
  create: options =>
    simpleProfile(
      {
        name: 'flask',
        title: 'Flask',
        source: { kind: 'python', distribution: 'flask', scripts: ['invenio', 'flask'] },
        file: 'may',
        listens: 'socket',
        command: run => [
          pathsOf(run.platform).join(run.shim, 'gatehouse_flask.py'),
          run.socket,
          moduleOf(run),
        ],
        variables: () => ({
          FLASK_DEBUG: '0',
          INVENIO_DEBUG: 'False',
          // One hop, and the one name: whatever an instance is configured for where it stands elsewhere.
          INVENIO_PROXYFIX_CONFIG: "{'x_for': 1, 'x_proto': 1}",
          INVENIO_TRUSTED_HOSTS: "['localhost']",
          INVENIO_APP_ALLOWED_HOSTS: "['localhost']",
        }),
        // Of Invenio exempt from force_https and from its limits; of others not there, which is an answer
        // too.
        readyPath: '/ping',
        upstream: () => ({ passesAuthorization: true, scheme: 'https' }),
        sharing: fullOnly(
          'The application decides by its own accounts who may do what; Gatehouse does not know its paths. Start it as a custom command to say which paths a role may use.',
        ),
      },
      options,
    ),
};

/** As `flask --app` takes it: a path below the folder, which is the module's name. */
function moduleOf({ file, folder, platform }: SimpleRun): string {
  return file === null ? '' : pathsOf(platform).relative(folder, file);
}
