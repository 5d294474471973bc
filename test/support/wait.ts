import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a state of the world; fails with its name when it does not come within the bound. */
export async function until(
  what: string,
  reached: () => boolean | Promise<boolean>,
  boundMs = 10_000,
): Promise<void> {
  const end = performance.now() + boundMs;
  while (!(await reached())) {
    if (performance.now() > end) throw new Error(`waited ${boundMs} ms for: ${what}`);
    await delay(20);
  }
}
