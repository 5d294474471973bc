import type { EventName, Events } from '../../shared/contract.ts';

/** Tells every listener what has happened; one that throws does not affect the others. */
export interface Announcer {
  announce<K extends EventName>(name: K, value: Events[K]): void;
  on<K extends EventName>(name: K, listener: (value: Events[K]) => void): () => void;
  /** Every event with its name, for the control socket, which passes all of them on. */
  onAny(listener: (name: EventName, value: Events[EventName]) => void): () => void;
}

export function createAnnouncer(onFault: (error: unknown) => void): Announcer {
  const listeners = new Set<(name: EventName, value: Events[EventName]) => void>();
  const onAny: Announcer['onAny'] = listener => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    announce(name, value) {
      for (const listener of listeners) {
        try {
          listener(name, value);
        } catch (error) {
          onFault(error);
        }
      }
    },
    on(wanted, listener) {
      return onAny((name, value) => {
        // `announce` is the only source, and it pairs a name with its value.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        if (name === wanted) listener(value as Parameters<typeof listener>[0]);
      });
    },
    onAny,
  };
}
