import { GatehouseError } from '../errors.ts';
import { KeychainEnded, KeychainTimeout } from './keychain-process.ts';

export type KeychainFault = 'keychain-locked' | 'keychain-denied' | 'keychain-gone' | 'keychain-timeout';

/**
 * What a keychain says, in the words of libsecret, gnome-keyring, KWallet, macOS and Windows. The first that
 * fits counts.
 */
const sayings: readonly (readonly [RegExp, KeychainFault])[] = [
  [
    /locked collection|is locked|IsLocked|interaction is not allowed|prompt.*(?:dismissed|failed)/i,
    'keychain-locked',
  ],
  [
    /cancel+ed|denied|not authorized|not allowed|passphrase you entered is not correct|AuthFailed/i,
    'keychain-denied',
  ],
  [/timed? ?out|NoReply/i, 'keychain-timeout'],
];

/** Which of the four faults it is. What nobody has heard of counts as gone: the keychain cannot be used. */
export function keychainFault(error: unknown): KeychainFault {
  if (error instanceof KeychainTimeout) return 'keychain-timeout';
  if (error instanceof KeychainEnded) return 'keychain-gone';
  const words = error instanceof Error ? error.message : '';
  return sayings.find(([pattern]) => pattern.test(words))?.[1] ?? 'keychain-gone';
}

const sentences: Readonly<Record<KeychainFault, readonly [message: string, nextStep: string]>> = {
  'keychain-locked': [
    'The keychain is locked.',
    'Unlock it (log in to the desktop, or open its password manager), then try again.',
  ],
  'keychain-denied': ['The keychain refused Gatehouse.', 'Try again and allow it when you are asked.'],
  'keychain-gone': [
    'The keychain cannot be reached.',
    'See that a keychain service runs (on Linux: gnome-keyring or KWallet, and libsecret-1-0), or start Gatehouse with --secrets=file or --secrets=memory.',
  ],
  'keychain-timeout': [
    'The keychain did not answer in time.',
    'Look whether it waits for a password in another window; if it hangs, restart it, then try again.',
  ],
};

export function keychainError(fault: KeychainFault, cause?: unknown): GatehouseError {
  const [message, nextStep] = sentences[fault];
  return new GatehouseError(fault, message, { nextStep, cause });
}
