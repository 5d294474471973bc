import type { Readable } from 'node:stream';
import { Budget, LineSplitter } from './output-lines.ts';

/**
 * What is read with care, and what is read at all, of one stream of a server's output. Each line is also work
 * for the one that shows it.
 */
const careful = { perSecond: 256 * 1024, atOnce: 1024 * 1024, linesPerSecond: 500, linesAtOnce: 5000 };
/**
 * Pieces of at most 64 KiB; after so many the rest may gather for a moment, so that many small ones become
 * few large ones.
 */
const swift = { pieces: 64, milliseconds: 50 };

/**
 * Reads a server's output for as long as it writes. A server must never wait for us, so everything is taken
 * in; one that floods must cost neither memory nor the core's time, so beyond a budget it is counted and
 * thrown away.
 * @param now milliseconds of a clock that never jumps
 * @param tell a raw line, or what is to be said about lines that are missing
 */
export function readOutput(
  stream: Readable,
  now: () => number,
  tell: (line: string, ours: boolean) => void,
): void {
  const splitter = new LineSplitter();
  const bytes = new Budget(careful.perSecond, careful.atOnce, now());
  const lines = new Budget(careful.linesPerSecond, careful.linesAtOnce, now());
  let left = 0;
  let read = 0;
  let since = now();
  const sayWhatIsMissing = (): void => {
    if (left > 0)
      tell(`${Math.ceil(left / 1024)} KiB of output are left out here: the server wrote too fast.`, true);
    left = 0;
  };
  const take = (line: string): void => {
    if (lines.take(1, now())) {
      sayWhatIsMissing();
      tell(line, false);
    } else left += line.length + 1;
  };
  stream.on('data', (chunk: Buffer) => {
    if (bytes.take(chunk.length, now())) {
      for (const line of splitter.push(chunk)) take(line);
    } else {
      left += chunk.length;
      splitter.gap();
    }
    read += 1;
    if (now() - since > swift.milliseconds) [read, since] = [0, now()];
    if (read > swift.pieces) {
      stream.pause();
      setTimeout(() => stream.resume(), swift.milliseconds);
      [read, since] = [0, now()];
    }
  });
  stream.once('close', () => {
    for (const line of splitter.end()) take(line);
    sayWhatIsMissing();
  });
  // A pipe that breaks is the end of the output, and nothing more.
  stream.on('error', () => undefined);
}
