import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { GatehouseError } from '../core/errors.ts';

/**
 * Asks for the passphrase of the sealed secrets on the terminal, without showing it; twice when it is being
 * chosen.
 */
export async function askPassphrase(isNew: boolean): Promise<string> {
  const first = await ask(
    isNew
      ? 'Choose a passphrase for the secrets of Gatehouse: '
      : 'Passphrase for the secrets of Gatehouse: ',
  );
  if (!isNew || (await ask('Repeat the passphrase: ')) === first) return first;
  throw new GatehouseError('passphrase-differs', 'The two passphrases differ; nothing was saved.', {
    nextStep: 'Try again.',
  });
}

/** Asks for any other secret without showing it; without a terminal it reads it from standard input. */
export async function askSecret(question: string): Promise<string> {
  return process.stdin.isTTY ? ask(question) : (await readAll(process.stdin)).replace(/\r?\n$/, '');
}

/** Asks a question whose answer may be seen. */
export function askOpenly(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise(resolve => {
    // Ending the input agrees to nothing.
    terminal.once('close', () => resolve(''));
    terminal.question(question, answer => {
      resolve(answer);
      terminal.close();
    });
  });
}

function ask(question: string): Promise<string> {
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: mute, terminal: true });
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    terminal.once('SIGINT', () => {
      terminal.close();
      reject(new GatehouseError('interrupted', 'No passphrase was given.'));
    });
    terminal.question('', answer => {
      terminal.close();
      process.stderr.write('\n');
      resolve(answer);
    });
  });
}
