import type { GuardOptions, ProcessGuard } from './process-guard.ts';
import { processGuardOnPosix } from './process-guard-posix.ts';
import { processGuardOnWindows } from './process-guard-windows.ts';

/**
 * Starts the guard before the server, so that at no moment a killed core leaves an orphan.
 * @throws GatehouseError `guard-failed`
 */
export async function startProcessGuard(options: GuardOptions): Promise<ProcessGuard> {
  return process.platform === 'win32' ? processGuardOnWindows(options.log) : processGuardOnPosix(options);
}
