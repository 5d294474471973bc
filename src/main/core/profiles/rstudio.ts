/**
 * RStudio Server, run as the user and not as the system's service. As such it cannot ask for a password (only
 * root may), so it is started without: anyone who reaches its port is in. It is bound to 127.0.0.1; other
 * accounts of this computer reach that, which its owner is told as long as it runs.
 *
 * Its cookie `user-id` is passed to browsers, as its own pages need it. It opens nothing at the door, dies
 * with the run (its key is in the private folder), and at the port nobody asks for it.
 */
import { mkdir } from 'node:fs/promises';
import { createPrivateFile } from '../private-file.ts';
import type { ProfileKind } from './kind.ts';
import { fullOnly } from './common/full-only.ts';
import { simpleProfile } from './simple.ts';
import type { SimpleRun } from './simple/simple-server.ts';
import { pathsOf } from './python/interpreter.ts';

export const kind: ProfileKind = {
  name: 'rstudio',
  title: 'RStudio Server',
  aliases: [],
  // A ring with an R in it.
  icon: 'M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zM8.500 6.500v11h2v-4h1.250l2.750 4H17l-3-4.250a3.400 3.400 0 0 0-1.250-6.750zM10.500 8.300h2a1.700 1.700 0 0 1 0 3.400h-2z',
  file: 'never',
  order: 50,
  docs: {
    tried: null,
    credential: 'none: it has none when an ordinary user runs it, and Gatehouse is the only guard',
    notEnforced:
      'Anyone with access can run R, and so do everything that you can. Its port is open to other accounts on the computer.',
  },
  folderCode: {
    untrusted: 'restricted',
    whenUntrusted:
      'The server starts outside the folder. R opens where RStudio is told to (your home), so no `.Rprofile` and `.RData` of the folder are read, until you open it as a project.',
    whenTrusted: 'The same, except that the server starts in the folder.',
    tested: null,
  },
  ownVariables: /^(?:RS_|RSTUDIO_)/,
  shownCredential: {
    codeSees: 'none-shown',
    how: 'No credential is sent to it: its port on 127.0.0.1 asks for none, and it has no use for one of a gateway.',
    tested: null,
  },
  create: options =>
    simpleProfile(
      {
        name: 'rstudio',
        title: 'RStudio Server',
        source: {
          kind: 'program',
          names: ['rserver'],
          folders: ['/usr/lib/rstudio-server/bin', '/usr/lib/rstudio/bin'],
        },
        file: 'never',
        listens: 'port',
        command: run => [
          '--auth-none=1',
          '--www-address=127.0.0.1',
          `--www-port=${run.port}`,
          '--www-frame-origin=same',
          // It would refuse browsers that it does not know.
          '--www-verify-user-agent=0',
          '--server-daemonize=0',
          `--server-user=${run.user}`,
          `--server-data-dir=${dataOf(run)}`,
          `--database-config-file=${privateFile(run, 'database.conf')}`,
          // Not there yet: it makes a new key, readable to its owner alone.
          `--secure-cookie-key-file=${privateFile(run, 'cookie-key')}`,
        ],
        // Without it no R session starts.
        variables: run => ({ USER: run.user }),
        prepare,
        readyPath: '/',
        caveat:
          'anyone who reaches its port, including other accounts on this computer, can run code as you.',
        sharing: fullOnly(
          'Anyone who sees RStudio has its R console and a terminal, so guests cannot be restricted there.',
          {
            can: ['Run R code and programs as you', 'Open, change and delete every file that you can'],
          },
        ),
      },
      options,
    ),
};

/**
 * It opens the permissions of its data folder to everybody, so that one lies in a folder that stays closed.
 * Two runs must not share a database.
 */
async function prepare(run: SimpleRun): Promise<void> {
  await mkdir(dataOf(run), { mode: 0o700 });
  const database = `provider=sqlite\ndirectory=${dataOf(run)}\n`;
  await createPrivateFile(privateFile(run, 'database.conf'), database);
}

function dataOf(run: SimpleRun): string {
  return privateFile(run, 'data');
}

function privateFile({ platform, directory }: SimpleRun, name: string): string {
  return pathsOf(platform).join(directory, name);
}
