import type { Command } from 'commander';
import type { CertificateInfo } from '../../../shared/share-model.ts';
import { authorityText } from '../authority-text.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { printValue } from '../print.ts';
import { withCore } from '../with-core.ts';

export function certificateCommand(program: Command, context: ContextOf): void {
  const certificate = withExamples(
    program.command('certificate').description("the certificate of the guests' listener"),
    [['gatehouse certificate', 'the certificate in use, as with `certificate show`']],
  );
  withExamples(
    certificate
      .command('show', { isDefault: true })
      .description('print the certificate in use, and what is wrong with it'),
    [['gatehouse certificate show --json', 'the same for a script']],
  ).action((_options: unknown, self: Command) => showCertificate(context(self)));
  withExamples(
    certificate
      .command('passphrase')
      .description(
        'store the passphrase of the key in sharing.keyFile; asks for it, or reads it from standard input',
      ),
    [['gatehouse certificate passphrase', 'asks without showing what you type']],
  ).action((_options: unknown, self: Command) => storePassphrase(context(self)));
}

function showCertificate({ output, connector }: CommandContext): Promise<void> {
  return withCore(connector.reading(), async core =>
    printValue(output, await core.call('share.certificate'), certificateText),
  );
}

function storePassphrase({ output, connector, askSecret }: CommandContext): Promise<void> {
  return withCore(connector.reading(), async core => {
    const passphrase = await askSecret('Passphrase of the key in sharing.keyFile: ');
    printValue(output, await core.call('share.keyPassphrase', passphrase), certificateText);
  });
}

export function certificateText(certificate: CertificateInfo): string {
  const { kind, fingerprint, validTo, trustedByAll, authority, findings } = certificate;
  const trust = trustedByAll
    ? 'every browser trusts it'
    : 'browsers warn about it until its authority is installed';
  const lines = [
    kind === 'supplied'
      ? 'Guests are shown your own certificate.'
      : 'Guests are shown a certificate that Gatehouse makes.',
    `SHA-256 ${fingerprint}`,
    `Valid until ${validTo.slice(0, 10)}; ${trust}`,
  ];
  if (authority !== null) lines.push(`Its authority: ${authorityText(authority)}`);
  for (const { message, nextStep } of findings) lines.push(`${message}\n  ${nextStep}`);
  return lines.join('\n');
}
