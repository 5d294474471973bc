import type { SetupProgress } from '../../shared/model.ts';
import { visible } from '../../shared/visible.ts';
import type { Output } from './print.ts';

/**
 * Shows the progress of an installation: on a terminal in one line that is overwritten, in a file in a few
 * lines, under `--json` not at all.
 */
export function showProgress(output: Output, isTerminal: boolean): (progress: SetupProgress) => void {
  let step = '';
  let quarter = 0;
  return progress => {
    if (output.json) return;
    const { fraction } = progress;
    const message = visible(progress.message);
    const percent = fraction === null ? '' : ` (${Math.round(fraction * 100)} %)`;
    if (isTerminal) {
      const last = progress.step === 'done' || progress.step === 'failed';
      output.err.write(`\r\u001B[K${message}${percent}${last ? '\n' : ''}`);
      return;
    }
    const now = Math.floor((fraction ?? 0) * 4);
    if (progress.step === step && now <= quarter) return;
    step = progress.step;
    quarter = now;
    output.err.write(`${message}${percent}\n`);
  };
}
