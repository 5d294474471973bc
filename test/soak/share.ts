/*
 * Sharing under duress: `node test/soak/share.ts --minutes 20`. Links are made, joined, used and taken back
 * by several at once, while the core is killed (SIGKILL) at random and comes back. A model beside it knows
 * what was answered, and after each return everything is held against it: no link that was taken back works,
 * no live link or visit is lost, and the audit log is whole. Ends with 0 and one line of figures, or with 1
 * and what was wrong.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ShareModel, type Figures } from './share-model.ts';
import { openSoakCore } from './soak-core.ts';

/**
 * Runs for so long, or until something is wrong; throws then. @param seed of the random choices, so that a
 * run can be told apart
 */
export async function soak(minutes: number, say: (text: string) => void): Promise<Figures> {
  const core = await openSoakCore();
  const model = new ShareModel(core);
  const end = performance.now() + minutes * 60_000;
  try {
    while (performance.now() < end) {
      const working = model.work(4);
      // A fault is thrown when the round is over; until then it must not end the process.
      working.catch(() => {});
      await delay(2000 + Math.random() * 8000);
      await core.kill();
      await working;
      await core.start();
      await model.check();
      say(JSON.stringify(model.figures));
    }
    return model.figures;
  } finally {
    await core.close();
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '20' } } });
  const figures = await soak(Number(values.minutes), text => process.stderr.write(`${text}\n`));
  process.stdout.write(
    `${values.minutes} minutes, nothing lost, nothing revived: ${JSON.stringify(figures)}\n`,
  );
}
