import { isErrorCode } from '../../shared/error-codes.ts';
import type { ErrorInfo } from '../../shared/model.ts';

/**
 * What may be told of a thrown value: errors of the core carry a code and a next step, others only a message.
 */
export function errorInfo(error: unknown): ErrorInfo {
  const message = error instanceof Error ? error.message : String(error);
  const code = textOf(error, 'code') ?? '';
  return { code: isErrorCode(code) ? code : 'internal', message, nextStep: textOf(error, 'nextStep') ?? '' };
}

function textOf(error: unknown, name: 'code' | 'nextStep'): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : null;
}
