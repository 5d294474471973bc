/** The commands about what vouches for sharing: certificate, authority, installation key, audit log. */
import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { GatehouseError } from '../core/errors.ts';
import type { CommandContext } from './command-context.ts';
import { printValue } from './print.ts';
import type { ShareActions } from './share-program.ts';
import { auditReportText, auditText, authorityText, certificateText } from './share-texts.ts';
import { usage } from './target.ts';
import { withCore } from './with-core.ts';

type KeyActions = Omit<ShareActions, 'share' | 'links' | 'revoke' | 'people' | 'kick' | 'admit' | 'deny'>;

export function keys(deps: CommandContext): KeyActions {
  return { ...certificate(deps), ...authority(deps), ...installation(deps) };
}

function certificate({
  output,
  reach,
  askSecret,
}: CommandContext): Pick<KeyActions, 'certificateShow' | 'certificatePassphrase'> {
  return {
    certificateShow: () =>
      withCore(reach.reading(), async core =>
        printValue(output, await core.call('share.certificate'), certificateText),
      ),
    certificatePassphrase: () =>
      withCore(reach.reading(), async core => {
        const passphrase = await askSecret('Passphrase of the key in sharing.keyFile: ');
        printValue(output, await core.call('share.keyPassphrase', passphrase), certificateText);
      }),
  };
}

function authority({
  output,
  reach,
  cwd,
  ask,
}: CommandContext): Pick<KeyActions, 'authorityShow' | 'authorityExport' | 'authorityReplace'> {
  const question = 'Every guest has to install the new one. Type yes: ';
  return {
    authorityShow: () =>
      withCore(reach.reading(), async core =>
        printValue(output, await core.call('authority.info'), authorityText),
      ),
    authorityExport: (file, { der }) =>
      withCore(reach.reading(), async core => {
        const { pem, ...rest } = await core.call('authority.info');
        const bytes = der === true ? new X509Certificate(pem).raw : Buffer.from(pem);
        if (file === undefined) {
          output.out.write(output.json ? `${JSON.stringify({ ...rest, pem }, null, 2)}\n` : bytes);
          return;
        }
        const path = resolve(cwd, file);
        await writeFile(path, bytes);
        printValue(
          output,
          { ...rest, file: path },
          () => `${authorityText({ ...rest, pem })}\nwritten to ${path}`,
        );
      }),
    authorityReplace: ({ yes }) =>
      withCore(reach.reading(), async core => {
        const sure = yes === true || (ask !== null && /^\s*yes\s*$/i.test(await ask(question)));
        if (!sure) throw notSure();
        printValue(output, await core.call('authority.replace'), authorityText);
      }),
  };
}

function notSure(): GatehouseError {
  return new GatehouseError('not-acknowledged', 'The authority was not replaced.', {
    kind: 'refused',
    nextStep: 'Add --yes once you are sure: every guest has to install the new one.',
  });
}

function installation({
  output,
  reach,
  cwd,
}: CommandContext): Pick<KeyActions, 'secretRotate' | 'secretMigrate' | 'audit'> {
  return {
    secretRotate: () =>
      withCore(reach.reading(), async core => {
        await core.call('secret.rotate', {});
        printValue(
          output,
          { rotated: true },
          () => 'This installation has a new key. Links and visits go on.',
        );
      }),
    secretMigrate: ({ keyFile }) =>
      withCore(reach.reading(), async core => {
        await core.call('secret.rotate', { keyFile: resolve(cwd, keyFile) });
        const done =
          'The key of the file is that of this installation now. Keep the file safe, or delete it.';
        printValue(output, { rotated: true }, () => done);
      }),
    audit: ({ lines, verify }) =>
      withCore(reach.reading(), async core => {
        if (verify !== true) {
          printValue(output, await core.call('audit.read', { lines: countOf(lines) }), auditText);
          return;
        }
        const report = await core.call('audit.verify');
        if (!report.whole) throw brokenAudit(auditReportText(report));
        printValue(output, report, auditReportText);
      }),
  };
}

function countOf(text: string): number {
  const count = Number(text);
  if (/^\d{1,5}$/.test(text) && count >= 1 && count <= 10_000) return count;
  throw usage(`--lines ${text.slice(0, 40)} is no number of lines`, 'Give a whole number from 1 to 10000.');
}

function brokenAudit(what: string): GatehouseError {
  return new GatehouseError('audit-broken', what, {
    nextStep:
      'Keep the folder as it is and look at who could write to it; everything before that line is as it was written.',
  });
}
