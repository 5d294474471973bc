import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { GatehouseError } from '../../core/errors.ts';
import { authorityText } from '../authority-text.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { printValue } from '../print.ts';
import { withCore } from '../with-core.ts';

interface ExportOptions {
  readonly der?: boolean;
}

interface ReplaceOptions {
  readonly yes?: boolean;
}

export function caCommand(program: Command, context: ContextOf): void {
  const authority = withExamples(
    program.command('ca').description('the local certificate authority, which guests may install'),
    [['gatehouse ca', 'the authority, as with `ca show`']],
  );
  withExamples(
    authority
      .command('show', { isDefault: true })
      .description('print its name and its fingerprint, to compare by phone'),
    [['gatehouse ca show --json', 'the same for a script']],
  ).action((_options: unknown, self: Command) => showAuthority(context(self)));
  withExamples(authority.command('export').description('write its certificate, for others to install'), [
    ['gatehouse ca export gatehouse-ca.pem', 'into a file'],
    ['gatehouse ca export gatehouse-ca.cer --der', 'as Windows expects it'],
  ])
    .argument('[file]', 'where to write it; standard output when left out')
    .option('--der', 'DER instead of PEM')
    .action((file: string | undefined, options: ExportOptions, self: Command) =>
      exportAuthority(context(self), file, options),
    );
  withExamples(
    authority
      .command('replace')
      .description('discard it and make a new one; every guest has to install the new one'),
    [['gatehouse ca replace', 'asks before it replaces the authority']],
  )
    .option('--yes', 'do not ask')
    .action((options: ReplaceOptions, self: Command) => replaceAuthority(context(self), options));
}

function showAuthority({ output, connector }: CommandContext): Promise<void> {
  return withCore(connector.reading(), async core =>
    printValue(output, await core.call('authority.info'), authorityText),
  );
}

function exportAuthority(
  { output, connector, cwd }: CommandContext,
  file: string | undefined,
  { der }: ExportOptions,
): Promise<void> {
  return withCore(connector.reading(), async core => {
    const { pem, ...rest } = await core.call('authority.info');
    const bytes = der === true ? new X509Certificate(pem).raw : Buffer.from(pem);
    if (file === undefined) {
      output.out.write(output.json ? `${JSON.stringify({ ...rest, pem }, null, 2)}\n` : bytes);
      return;
    }
    const path = resolve(cwd, file);
    await writeFile(path, bytes);
    const text = `${authorityText({ ...rest, pem })}\nWritten to ${path}.`;
    printValue(output, { ...rest, file: path }, () => text);
  });
}

function replaceAuthority(
  { output, connector, ask }: CommandContext,
  { yes }: ReplaceOptions,
): Promise<void> {
  const question = 'Every guest has to install the new authority. Type yes: ';
  return withCore(connector.reading(), async core => {
    const sure = yes === true || (ask !== null && /^\s*yes\s*$/i.test(await ask(question)));
    if (!sure) throw notSure();
    printValue(output, await core.call('authority.replace'), authorityText);
  });
}

function notSure(): GatehouseError {
  return new GatehouseError('not-acknowledged', 'The authority was not replaced.', {
    kind: 'refused',
    nextStep: 'Add --yes once you are sure: every guest has to install the new authority.',
  });
}
