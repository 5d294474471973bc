import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { printValue } from '../print.ts';
import { withCore } from '../with-core.ts';

export function secretCommand(program: Command, context: ContextOf): void {
  const secret = withExamples(program.command('secret').description('the key of this installation'), [
    ['gatehouse secret rotate', 'make a new key'],
  ]);
  withExamples(
    secret
      .command('rotate')
      .description('make a new key; links, guest sessions and the audit log remain valid'),
    [['gatehouse secret rotate', 'in case the old key has leaked']],
  ).action((_options: unknown, self: Command) => rotateKey(context(self)));
  withExamples(
    secret
      .command('migrate')
      .description('use a key of your own; links, guest sessions and the audit log remain valid'),
    [['gatehouse secret migrate --key-file ~/key', 'take the key from a private file']],
  )
    .requiredOption('--key-file <file>', 'a private file with at least 43 characters of key')
    .action((options: { readonly keyFile: string }, self: Command) =>
      migrateKey(context(self), options.keyFile),
    );
}

function rotateKey({ output, connector }: CommandContext): Promise<void> {
  return withCore(connector.reading(), async core => {
    await core.call('secret.rotate', {});
    const done = 'This installation has a new key. Links and guest sessions remain valid.';
    printValue(output, { rotated: true }, () => done);
  });
}

function migrateKey({ output, connector, cwd }: CommandContext, keyFile: string): Promise<void> {
  return withCore(connector.reading(), async core => {
    await core.call('secret.rotate', { keyFile: resolve(cwd, keyFile) });
    const done = 'This installation uses the key from the file now. Keep the file safe, or delete it.';
    printValue(output, { rotated: true }, () => done);
  });
}
