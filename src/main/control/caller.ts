/**
 * A person asks the core for a server from a shell or a desktop, and the core is another process, which may
 * have been started elsewhere. So each call that starts or finds servers carries the caller's variables. They
 * go over the control socket, which only the owner can open, and are kept in no file.
 */
import type { CallName } from '../../shared/contract.ts';
import type { CallerEnvironment } from '../../shared/model.ts';

/** Neither our own secrets nor the variables that control our own processes leave this one. */
const ours = /^(?:GATEHOUSE_|ELECTRON_|CHROME_DESKTOP$|ORIGINAL_XDG_CURRENT_DESKTOP$)/i;

/** @param login whether the environment is a desktop's, which the user's login shell has not added to */
export function callerOf(
  environment: Readonly<Record<string, string | undefined>>,
  login: boolean,
): CallerEnvironment {
  const kept = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || ours.test(name) ? [] : [[name, value] as const],
  );
  return { variables: Object.fromEntries(kept), login };
}

const dependsOnCaller: ReadonlySet<CallName> = new Set([
  'server.start',
  'server.begin',
  'server.restart',
  'profiles.find',
  'doctor.run',
]);

/**
 * Adds the caller to the arguments of a call that depends on it, and replaces a caller that is already in
 * them.
 */
export function withCaller(
  name: CallName,
  args: readonly unknown[],
  caller: CallerEnvironment | undefined,
): readonly unknown[] {
  if (caller === undefined) return args;
  if (!dependsOnCaller.has(name)) return args;
  // The options come first, or after the id of a server.
  const at = name === 'server.restart' ? 1 : 0;
  return [...args.slice(0, at), { ...options(args[at]), caller }, ...args.slice(at + 1)];
}

function options(given: unknown): object {
  return typeof given === 'object' && given !== null ? given : {};
}
