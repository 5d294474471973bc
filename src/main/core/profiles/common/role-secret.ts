import { createHmac } from 'node:crypto';
import type { Role } from '../../../../shared/model.ts';
import { Secret } from '../../secret.ts';

/**
 * What the gateway shows a server for guests of a role, made from the secret of the run: who knows it does
 * not know the run's own.
 */
export function roleSecret(run: Secret<string>, role: Role): Secret<string> {
  return new Secret(createHmac('sha256', run.reveal()).update(`role ${role}`).digest('base64url'));
}
