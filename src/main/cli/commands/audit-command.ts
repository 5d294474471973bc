import type { Command } from 'commander';
import type { AuditLine, AuditReport } from '../../../shared/share-model.ts';
import { GatehouseError } from '../../core/errors.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { printValue } from '../print.ts';
import { usage } from '../target.ts';
import { withCore } from '../with-core.ts';

interface AuditOptions {
  readonly lines: string;
  readonly verify?: boolean;
}

export function auditCommand(program: Command, context: ContextOf): void {
  withExamples(program.command('audit').description('print what happened with links and guests'), [
    ['gatehouse audit -n 20', 'the last 20 events'],
    ['gatehouse audit --verify', 'check that no event was changed or removed'],
  ])
    .option('-n, --lines <count>', 'how many of the last events', '50')
    .option('--verify', 'check that nothing was changed or removed')
    .action((options: AuditOptions, self: Command) => audit(context(self), options));
}

function audit({ output, connector }: CommandContext, { lines, verify }: AuditOptions): Promise<void> {
  return withCore(connector.reading(), async core => {
    if (verify !== true) {
      printValue(output, await core.call('audit.read', { lines: countOf(lines) }), auditText);
      return;
    }
    const report = await core.call('audit.verify');
    if (!report.whole) throw brokenAudit(auditReportText(report));
    printValue(output, report, auditReportText);
  });
}

function countOf(text: string): number {
  const count = Number(text);
  if (/^\d{1,5}$/.test(text) && count >= 1 && count <= 10_000) return count;
  throw usage(
    `--lines ${text.slice(0, 40)} is not a number of lines`,
    'Give a whole number from 1 to 10000.',
  );
}

function brokenAudit(what: string): GatehouseError {
  return new GatehouseError('audit-broken', what, {
    nextStep:
      'Leave the folder as it is and find out who could write to it; everything before that line is as it was written.',
  });
}

export function auditText(lines: readonly AuditLine[]): string {
  if (lines.length === 0) return 'Nothing has been shared yet.';
  return lines
    .map(({ n, at, event, ...fields }) => {
      const facts = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      return `${String(n).padStart(5)}  ${String(at)}  ${String(event)}  ${facts.join(' ')}`;
    })
    .join('\n');
}

export function auditReportText({ whole, lines, faults }: AuditReport): string {
  if (whole) return `The audit log is whole: ${lines} lines, each sealed by the next.`;
  return faults.join('\n');
}
