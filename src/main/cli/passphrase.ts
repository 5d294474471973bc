import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { GatehouseError } from '../core/errors.ts';

/** Asks for the passphrase of the sealed secrets on the terminal, without showing it; twice when it is being chosen. */
export async function askPassphrase(isNew: boolean): Promise<string> {
  const first = await ask(
    isNew
      ? 'Choose a passphrase for the secrets of Gatehouse: '
      : 'Passphrase for the secrets of Gatehouse: ',
  );
  if (!isNew || (await ask('The same once more: ')) === first) return first;
  throw new GatehouseError('passphrase-differs', 'The two passphrases differ; nothing was kept.', {
    nextStep: 'Try again.',
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
