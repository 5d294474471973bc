export interface Once<T> {
  readonly get: () => Promise<T>;
  /** What was opened; null where nothing was. */
  readonly known: () => Promise<T | null>;
}

/** Opens at the first call, once for all callers; a failure is not kept. */
export function onceOpened<T>(open: () => Promise<T>): Once<T> {
  let opening: Promise<T> | null = null;
  return {
    get() {
      opening ??= open().catch((error: unknown) => {
        opening = null;
        throw error;
      });
      return opening;
    },
    known: () => opening?.catch(() => null) ?? Promise.resolve(null),
  };
}
