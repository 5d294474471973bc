import { expect, test } from 'vitest';
import { keychainError, keychainFault } from '../../../src/main/core/vault/keychain-fault.ts';
import { KeychainEnded, KeychainTimeout } from '../../../src/main/core/vault/keychain-process.ts';

test.each([
  [new Error('Cannot create an item in a locked collection'), 'keychain-locked'],
  [new Error('User interaction is not allowed.'), 'keychain-locked'],
  [new Error('The prompt was dismissed'), 'keychain-locked'],
  [new Error('User canceled the operation.'), 'keychain-denied'],
  [new Error('The user name or passphrase you entered is not correct.'), 'keychain-denied'],
  [new Error('An AppArmor policy prevents this: access denied'), 'keychain-denied'],
  [new Error('Timeout was reached: timed out'), 'keychain-timeout'],
  [new KeychainTimeout(), 'keychain-timeout'],
  [new KeychainEnded(), 'keychain-gone'],
  [new Error('Message recipient disconnected from message bus without replying'), 'keychain-gone'],
  [new Error('The name org.freedesktop.secrets was not provided by any .service files'), 'keychain-gone'],
  [new Error('Cannot autolaunch D-Bus without X11 $DISPLAY'), 'keychain-gone'],
  [new Error('Failed to load keytar native addon'), 'keychain-gone'],
  [new Error(''), 'keychain-gone'],
  ['not even an error', 'keychain-gone'],
] as const)('%s is %s', (error, fault) => {
  expect(keychainFault(error)).toBe(fault);
});

test.each(['keychain-locked', 'keychain-denied', 'keychain-gone', 'keychain-timeout'] as const)(
  '%s says in one sentence what is and in one what to do',
  fault => {
    const cause = new Error('its own words');
    const error = keychainError(fault, cause);
    expect(error).toMatchObject({ code: fault, exitCode: 1, cause });
    expect(error.message).toMatch(/^The keychain .*\.$/);
    expect(error.nextStep).toMatch(/^[A-Z].*\.$/);
    expect(error.message + error.nextStep).not.toContain('its own words');
  },
);
