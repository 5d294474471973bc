/**
 * Types of messages that a link permits. The attack is on the owner's eye: a list that means more than it
 * seems to (a star in the middle, a blank, a character that is not seen). So a type is plain text, and a star
 * stands for the rest only behind a dot or a colon, or alone.
 */
import { z } from 'zod';
import type { Role } from '../../../../shared/model.ts';
import type { MessagePermissions } from '../../../../shared/share-model.ts';
import { GatehouseError } from '../../errors.ts';
import type { RoleRules } from '../../role-ports.ts';

const pattern = z
  .string()
  .max(200)
  .regex(/^(?:\*|[^\s,*"\\\p{C}]*[.:]\*|[^\s,*"\\\p{C}]+)$/u);
const patterns = z.array(pattern).max(200).readonly();

/** In a link and a session; what was kept before there were any has none. */
export const permissionsSchema = z
  .strictObject({ send: patterns, receive: patterns })
  .nullable()
  .default(null);

export interface AskedPermissions {
  readonly role: Role;
  readonly send?: readonly string[] | undefined;
  readonly receive?: readonly string[] | undefined;
}

/**
 * What a link that is asked for will permit: what its owner said, else what the role means. Written down with
 * the link, so that it keeps its meaning when another version has other presets. Null where the server's
 * messages have no types. Refuses with kind `usage`.
 */
export function permissionsFor(
  { messages }: Pick<RoleRules, 'messages'>,
  { role, send, receive }: AskedPermissions,
): MessagePermissions | null {
  const preset = messages?.presets[role];
  if (messages === undefined || preset === undefined) {
    if (send === undefined && receive === undefined) return null;
    throw unusable(
      'Messages of this server cannot be permitted one by one.',
      'Leave out --send and --receive.',
    );
  }
  const asked = permissionsSchema.safeParse({
    send: send ?? preset.send,
    receive: receive ?? preset.receive,
  });
  if (!asked.success || asked.data === null) {
    throw unusable(
      'A type of message that is to be permitted is empty, too long, or has characters that no type has.',
      'Write types with commas between them: speak,mycroft.skill.*',
    );
  }
  const refusal = messages.refuse(role, asked.data);
  if (refusal !== null) throw unusable(refusal, 'Choose another role, or other types.');
  return asked.data;
}

function unusable(message: string, nextStep: string): GatehouseError {
  return new GatehouseError('permissions-invalid', message, { kind: 'usage', nextStep });
}
