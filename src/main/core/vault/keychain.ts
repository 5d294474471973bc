/**
 * The one file that talks to the keychain, and a program of its own: it runs in a child process of the core.
 *
 * Attack and fault: a keychain that waits for ever (a daemon that hangs, a dialog nobody sees) holds a thread
 * of libuv's pool, which is one for the whole process, worker threads included; four such calls and the core
 * can read no file any more. A crash inside the native library takes its process with it. Here both end a
 * child that can be replaced. Secrets pass by standard input and output.
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

/** Checked by hand: a schema library would add a third to the time that this process takes to start. */
interface Question {
  readonly id: number;
  readonly step: 'get' | 'set' | 'delete';
  readonly service: string;
  readonly account: string;
  readonly value?: string;
}

function isQuestion(value: unknown): value is Question {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return (
    Number.isSafeInteger(fields['id']) &&
    (fields['step'] === 'get' || fields['step'] === 'set' || fields['step'] === 'delete') &&
    typeof fields['service'] === 'string' &&
    typeof fields['account'] === 'string' &&
    (fields['value'] === undefined || typeof fields['value'] === 'string')
  );
}

type Keytar = typeof import('keytar');

async function perform(keytar: Keytar, asked: Question): Promise<string | null> {
  const { step, service, account } = asked;
  switch (step) {
    case 'get':
      return keytar.getPassword(service, account);
    case 'set':
      await keytar.setPassword(service, account, asked.value ?? '');
      return null;
    case 'delete':
      await keytar.deletePassword(service, account);
      return null;
    default:
      return step satisfies never;
  }
}

function loadKeytar(): Keytar {
  return createRequire(import.meta.url)('keytar');
}

async function answer(line: string): Promise<void> {
  const asked: unknown = JSON.parse(line);
  if (!isQuestion(asked)) throw new TypeError('That is no question.');
  let told: unknown;
  try {
    told = { id: asked.id, ok: true, value: await perform(loadKeytar(), asked) };
  } catch (error) {
    told = { id: asked.id, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

/** Not `process.exit`: that waits for the threads of the pool, one of which may hang in the keychain. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

// A Ctrl-C in the terminal reaches the whole group; the core decides when the keychain is no longer needed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
createInterface({ input: process.stdin })
  .on('line', line => {
    answer(line).catch(end);
  })
  .on('close', end);
