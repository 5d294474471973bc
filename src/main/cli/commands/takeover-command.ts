import type { Command } from 'commander';
import { GatehouseError } from '../../core/errors.ts';
import { ownerText } from '../../core/home/home-errors.ts';
import { clearHome, findOwner } from '../../core/home/home-lock.ts';
import { alreadyRunning } from '../../core/home/instance.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { printValue } from '../print.ts';

interface TakeoverOptions {
  readonly yes?: boolean;
}

export function takeoverCommand(program: Command, context: ContextOf): void {
  withExamples(
    program
      .command('takeover')
      .description('take this home from a Gatehouse on another computer that no longer runs'),
    [['gatehouse takeover', 'shows who holds the home, and asks']],
  )
    .option('--yes', 'do not ask')
    .action((options: TakeoverOptions, self: Command) => takeover(context(self), options));
}

/** Refuses where Gatehouse runs on this computer: that one can be ended. */
async function takeover({ home, ask, output }: CommandContext, { yes }: TakeoverOptions): Promise<void> {
  const owner = await findOwner(home);
  if (owner === null) {
    printValue(
      output,
      { taken: false },
      () => 'No Gatehouse holds this home: there is nothing to take over.',
    );
    return;
  }
  if (owner.where === 'alive') throw alreadyRunning(owner);
  const who = ownerText(owner);
  const question = `This home belongs to ${who}. If it is still running, its servers will end. Type yes: `;
  const sure = yes === true || (ask !== null && /^\s*yes\s*$/i.test(await ask(question)));
  if (!sure) throw notSure(who);
  await clearHome(home);
  const name = owner.computer.name;
  printValue(
    output,
    { taken: true, from: name },
    () =>
      `This home is free now. If Gatehouse is still running on ${name}, it ends its servers within seconds.`,
  );
}

function notSure(who: string): GatehouseError {
  return new GatehouseError('not-acknowledged', `The home was left to ${who}.`, {
    kind: 'refused',
    nextStep: 'Add --yes once you are sure that it no longer runs.',
  });
}
