/**
 * `code serve-web` of VS Code: the server that it downloads itself, behind a program that listens on a Unix
 * socket in the run's private folder. Its connection token would stand in addresses (`?tkn=`) and in a cookie
 * of a week, so there is none: who reaches the socket is the account that owns it.
 *
 * Its licence is Microsoft's and has to be accepted by the person who starts it: Gatehouse never passes
 * `--accept-server-license-terms`. Once accepted in a terminal it is remembered.
 */
import type { ProfileKind } from './kind.ts';
import { vscodeSharing } from './code-server/vscode-sharing.ts';
import { simpleProfile } from './simple.ts';

const licence =
  'VS Code asks you to accept the licence of its server first: run `code serve-web` once in a terminal, read and answer it, then start again here.';

export const kind: ProfileKind = {
  name: 'vscode-web',
  title: 'VS Code (serve-web)',
  aliases: ['serve-web'],
  // A window with a bracket in it.
  icon: 'M2 4h20v16H2zM4 8v10h16V8zM10.500 9.500l1.200 1.200-2.300 2.300 2.300 2.300-1.200 1.200L7 13zM13 15h4v1.500h-4z',
  file: 'never',
  order: 35,
  docs: {
    tried: null,
    credential: 'none: it listens on a Unix socket in a private folder, and Gatehouse is the only guard',
    notEnforced:
      'Anyone with access has a terminal, and so can do everything that you can. You accept its licence yourself, in a terminal; it limits for whom the server may be run.',
  },
  folderCode: {
    untrusted: 'restricted',
    whenUntrusted: 'As for code-server: VS Code asks on its own, and the server starts outside the folder.',
    whenTrusted: 'As code-server.',
    tested: null,
  },
  ownVariables: /^VSCODE_/,
  shownCredential: {
    codeSees: 'none-shown',
    how: 'No credential is sent to it: it listens on a Unix socket in the private folder of the run.',
    tested: null,
  },
  create: options =>
    simpleProfile(
      {
        name: 'vscode-web',
        title: 'VS Code',
        source: { kind: 'program', names: ['code', 'code-insiders'] },
        file: 'never',
        listens: 'socket',
        command: run => ['serve-web', '--socket-path', run.socket, '--without-connection-token'],
        // Answered by the program itself; every other path first asks the network for the newest server.
        readyPath: '/_vscode-cli/mint-key',
        landing: run => `/?folder=${encodeURIComponent(run.folder)}`,
        advise: lines =>
          lines.some(line => /licen[cs]e terms|accept-server-license-terms/i.test(line)) ? licence : null,
        sharing: vscodeSharing(
          'The licence of this server limits offering it to others as a service: read it before you share.',
        ),
      },
      options,
    ),
};
