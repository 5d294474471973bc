import type { Command } from 'commander';
import type { DoctorLine } from '../../../shared/model.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { printValue } from '../print.ts';
import { withCore } from '../with-core.ts';

export function doctorCommand(program: Command, context: ContextOf): void {
  withExamples(
    program.command('doctor').description('check everything Gatehouse depends on, and say what to do'),
    [['gatehouse doctor', 'one line for each check']],
  ).action((_options: unknown, self: Command) => doctor(context(self)));
}

function doctor({ output, connector }: CommandContext): Promise<void> {
  return withCore(connector.reading(), async core =>
    printValue(output, await core.call('doctor.run'), doctorText),
  );
}

const marks = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ' } as const;

function doctorText(lines: readonly DoctorLine[]): string {
  return lines
    .map(({ level, title, detail, nextStep }) => {
      const head = `${marks[level]} ${title}: ${detail}`;
      return nextStep === '' ? head : `${head}\n          ${nextStep}`;
    })
    .join('\n');
}
