import { GatehouseError } from '../core/errors.ts';
import { clearHome, findOwner } from '../core/home/home-lock.ts';
import { ownerText } from '../core/home/home-errors.ts';
import { alreadyRunning } from '../core/home/instance.ts';
import type { CommandContext } from './command-context.ts';
import { printValue } from './print.ts';

/**
 * Takes the home from another computer, on its owner's word. Refuses where Gatehouse runs on this one: that
 * can be ended.
 */
export async function takeover(
  { home, ask, output }: Pick<CommandContext, 'home' | 'ask' | 'output'>,
  { yes }: { readonly yes?: boolean },
): Promise<void> {
  const owner = await findOwner(home);
  if (owner === null) {
    printValue(output, { taken: false }, () => 'Nobody has this home: there is nothing to take over.');
    return;
  }
  if (owner.where === 'alive') throw alreadyRunning(owner);
  const who = ownerText(owner);
  const question = `This home belongs to ${who}. If that still runs, its servers end. Type yes: `;
  const sure = yes === true || (ask !== null && /^\s*yes\s*$/i.test(await ask(question)));
  if (!sure) throw notSure(who);
  await clearHome(home);
  printValue(
    output,
    { taken: true, from: owner.computer.name },
    () => `This home is free now. If ${owner.computer.name} still runs, it ends its servers within seconds.`,
  );
}

function notSure(who: string): GatehouseError {
  return new GatehouseError('not-acknowledged', `The home was left to ${who}.`, {
    kind: 'refused',
    nextStep: 'Add --yes once you are sure that it is gone.',
  });
}
