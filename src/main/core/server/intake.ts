import type { Readable } from 'node:stream';
import { Budget, LineSplitter } from './output.ts';

/** What is read with care, and what is read at all, of one stream of a server's output. */
const careful = { perSecond: 256 * 1024, atOnce: 1024 * 1024 };
const swift = { bytes: 4 * 1024 * 1024, milliseconds: 50 };

/**
 * Reads a server's output for as long as it writes. A server must never wait for us, so everything is taken in; one that
 * floods must cost neither memory nor the core's time, so beyond a budget it is counted and thrown away.
 * @param now milliseconds of a clock that never jumps
 * @param tell a raw line, or what is to be said about lines that are missing
 */
export function takeIn(
  stream: Readable,
  now: () => number,
  tell: (line: string, ours: boolean) => void,
): void {
  const splitter = new LineSplitter();
  const budget = new Budget(careful.perSecond, careful.atOnce, now());
  let left = 0;
  let read = 0;
  let since = now();
  const sayWhatIsMissing = (): void => {
    if (left > 0)
      tell(`${Math.ceil(left / 1024)} KiB of output are left out here: the server wrote too fast.`, true);
    left = 0;
  };
  stream.on('data', (chunk: Buffer) => {
    if (budget.take(chunk.length, now())) {
      sayWhatIsMissing();
      for (const line of splitter.push(chunk)) tell(line, false);
    } else {
      left += chunk.length;
      splitter.gap();
    }
    read += chunk.length;
    if (now() - since > swift.milliseconds) [read, since] = [0, now()];
    if (read > swift.bytes) {
      stream.pause();
      setTimeout(() => stream.resume(), swift.milliseconds);
      [read, since] = [0, now()];
    }
  });
  stream.once('close', () => {
    sayWhatIsMissing();
    for (const line of splitter.end()) tell(line, false);
  });
  // A pipe that breaks is the end of the output, and nothing more.
  stream.on('error', () => undefined);
}
