import { errorCodes, exitCodes, type ErrorCode, type ErrorKind } from '../../shared/error-codes.ts';
import type { ErrorInfo } from '../../shared/model.ts';

/**
 * A kind that is given with a code must be the one of the table. Only a failed start has the kind of its
 * cause, and an error of a core of another version the kind that came with it.
 */
type KindOf<C extends ErrorCode> = C extends 'start-failed' | 'internal'
  ? ErrorKind
  : (typeof errorCodes)[C][0];

/**
 * An error that a person is meant to read: one sentence that says what happened and where, and one that says
 * what to do. Neither may hold a secret; `cause` keeps the original for the log, which redacts it.
 */
export class GatehouseError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly kind: ErrorKind;
  readonly nextStep: string;

  constructor(
    code: C,
    message: string,
    options: { nextStep?: string; kind?: KindOf<C>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'GatehouseError';
    this.code = code;
    this.kind = options.kind ?? errorCodes[code][0];
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
