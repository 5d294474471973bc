import { useState } from 'preact/hooks';
import type { ErrorInfo } from '../shared/model.ts';
import { infoOf } from './bridge.ts';

/** Does something; says that it is done, or shows why it is not. */
export type Attempt = (work: () => Promise<unknown>, done: string) => void;

export interface Attempts {
  readonly attempt: Attempt;
  readonly notice: ErrorInfo | null;
  /** The last thing that was done, for a screen reader. */
  readonly said: string;
  readonly setNotice: (notice: ErrorInfo | null) => void;
}

export function useAttempts(): Attempts {
  const [notice, setNotice] = useState<ErrorInfo | null>(null);
  const [said, setSaid] = useState('');
  const run = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    setNotice(null);
    try {
      await work();
      setSaid(done);
    } catch (error) {
      setNotice(infoOf(error));
    }
  };
  return { attempt: (work, done) => void run(work, done), notice, said, setNotice };
}
