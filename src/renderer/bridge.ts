/**
 * The one way out of a window: `window.gatehouse`. Errors come back as values and are thrown here, with their
 * code and next step.
 */
import type { ErrorInfo } from '../shared/model.ts';
import type { Bridge, WindowCallName, WindowCalls, WindowEventName, WindowEvents } from '../shared/window.ts';

declare global {
  interface Window {
    readonly gatehouse: Bridge;
  }
}

export class CallFailed extends Error {
  readonly info: ErrorInfo;

  constructor(info: ErrorInfo) {
    super(info.message);
    this.info = info;
  }
}

export async function ask<K extends WindowCallName>(
  name: K,
  ...args: Parameters<WindowCalls[K]>
): Promise<Awaited<ReturnType<WindowCalls[K]>>> {
  const reply = await window.gatehouse.call(name, ...args);
  if (!reply.ok) throw new CallFailed(reply.error);
  return reply.value;
}

export function hear<K extends WindowEventName>(
  name: K,
  listener: (event: WindowEvents[K]) => void,
): () => void {
  return window.gatehouse.on(name, listener);
}

/** What may be shown of a thrown value. */
export function infoOf(error: unknown): ErrorInfo {
  if (error instanceof CallFailed) return error.info;
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), nextStep: '' };
}
