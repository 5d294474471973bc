import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { printValue } from '../print.ts';
import { withCore } from '../with-core.ts';

/** Milliseconds that a core may take to end after it has stopped every server. */
const maxEndMs = 5000;

export function quitCommand(program: Command, context: ContextOf): void {
  withExamples(program.command('quit').description('stop every server and Gatehouse itself'), [
    ['gatehouse quit', 'servers stay in the list'],
  ]).action((_options: unknown, self: Command) => quit(context(self)));
}

function quit({ output, connector }: CommandContext): Promise<void> {
  return withCore(connector.running(), async core => {
    const { pid } = await core.call('core.about');
    await core.call('core.quit');
    await processEnd(pid);
    printValue(output, { quit: true }, () => 'Gatehouse has stopped.');
  });
}

async function processEnd(pid: number): Promise<void> {
  const deadline = performance.now() + maxEndMs;
  while (isAlive(pid) && performance.now() < deadline) await delay(20);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
