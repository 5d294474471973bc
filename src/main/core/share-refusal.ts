import { openBeside } from './server/preflight.ts';
import type { ShareRefusal } from './share-ports.ts';

/**
 * Why a running server must not be shared; null when it may be. Pure.
 * @param asksForToken false where the owner's listener lets everybody in
 * @param found what the last look from outside has found
 */
export function shareRefusalOf(
  asksForToken: boolean | undefined,
  found: Parameters<typeof openBeside>[0],
): ShareRefusal | null {
  if (asksForToken === false) {
    return {
      reason: 'its door on this computer asks nobody for a token.',
      nextStep: 'Start it so that only who has shown a token gets in, then share it.',
    };
  }
  const beside = openBeside(found);
  if (beside === null) return null;
  return {
    reason: `it is open beside the door: ${beside}.`,
    nextStep: 'Tell it to listen on 127.0.0.1 alone, or to ask for a credential; then start it again.',
  };
}
