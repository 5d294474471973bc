import type { ErrorInfo } from '../../shared/model.ts';

/** Exit code of the command line for each kind of error (DESIGN, section 9). */
const exitCodes = {
  failed: 1,
  usage: 2,
  'not-found': 3,
  refused: 4,
} as const;

export type ErrorKind = keyof typeof exitCodes;

/**
 * An error that a person is meant to read: one sentence that says what happened and where, and one that says
 * what to do. Neither may hold a secret; `cause` keeps the original for the log, which redacts it.
 */
export class GatehouseError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly nextStep: string;

  /** @param code kebab-case and stable, for scripts: `keychain-locked` */
  constructor(
    code: string,
    message: string,
    options: { nextStep?: string; kind?: ErrorKind; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'GatehouseError';
    this.code = code;
    this.kind = options.kind ?? 'failed';
    this.nextStep = options.nextStep ?? '';
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}

/** The `code` of an error of the system or of a library (`ENOENT`); '' for anything else that was thrown. */
export function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return '';
}

/** The same of a program that `execFile` ran: why it could not be started, or the exit code that it left. */
export function programCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * What may be told of any thrown value across a process edge. `redact` is for where an unknown error's
 * message may quote anything.
 */
export function errorInfo(
  error: unknown,
  redact: (text: string) => string = text => text,
): ErrorInfo & { readonly kind: ErrorKind } {
  if (error instanceof GatehouseError) {
    const { code, kind } = error;
    return { code, message: redact(error.message), nextStep: redact(error.nextStep), kind };
  }
  const message = redact(error instanceof Error ? error.message : String(error));
  const nextStep = 'This is a fault of Gatehouse. Its log says more; `gatehouse doctor` names the folder.';
  return { code: 'internal', message, nextStep, kind: 'failed' };
}
