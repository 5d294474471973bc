/**
 * The attacks: a link that opens although its time is over, its uses are spent or it was taken back; a guess
 * that learns from the answer, or from the time that the answer took, which links exist. So one pure function
 * decides, its default is no, the secret is looked at before anything else is told, and an unknown link costs
 * the same work as a wrong secret and is told in the same words.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Role } from '../../../../shared/model.ts';
import type { MessagePermissions } from '../../../../shared/share-model.ts';
import { durationWords } from '../../duration.ts';
import { GatehouseError } from '../../errors.ts';
import { permissionsSchema } from './message-permissions.ts';

export const roles = ['viewer', 'editor', 'full'] as const satisfies readonly Role[];

/** What may be in a text that people see: no control, no change of direction, nothing invisible. */
const shown = z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
const time = z.int().min(0).max(8.64e15);

/**
 * Path, query and fragment of a page of the server. It is given to a browser as it is, so that it must not
 * lead anywhere else.
 */
export const pageSchema = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[\u0021-\u007e]*$/, 'is not the path of a page')
  .refine(page => !/^\/_gatehouse(?:[/?#]|$)/i.test(page), 'is a page of Gatehouse');

export const linkSchema = z.strictObject({
  /** 60 random bits in lower-case base32. Names the link; opens nothing. */
  id: z.string().regex(/^[a-z2-7]{12}$/),
  /** For whom it is, in the owner's words. */
  label: shown.min(1).max(100),
  /** Class or project; null for none. */
  group: shown.min(1).max(100).nullable(),
  role: z.enum(roles),
  serverId: z.string().min(1).max(63),
  createdAt: time,
  expiresAt: time,
  /** Null for any number. */
  usesLeft: z.int().min(0).max(1_000_000).nullable(),
  /** The owner lets each guest in, or not. */
  approval: z.boolean(),
  /** Types of messages, where the server's messages have types. */
  permissions: permissionsSchema,
  /** Page on which its holder begins: path, query and fragment; null for the server's first one. */
  opens: pageSchema.nullable().default(null),
  /** Login name of who made it. */
  madeBy: shown.max(100),
  /** HMAC-SHA-256 of the secret, and the name of the key it was made with. The secret itself is nowhere. */
  hash: z.strictObject({ key: z.string().max(40), value: z.string().regex(/^[\w-]{43}$/) }),
  revokedAt: time.nullable(),
  /** Set when it was seen to be over, so that no clock can take that back. */
  expiredAt: time.nullable(),
});

export type Link = Readonly<z.infer<typeof linkSchema>>;
export type LinkState = 'open' | 'revoked' | 'expired' | 'used-up';

/** What may be asked for; a policy narrows it. Times in milliseconds. */
export interface LinkBounds {
  readonly shortestMs: number;
  readonly maxMs: number;
  readonly maxUses: number;
  readonly roles: readonly Role[];
}

export const defaultLinkMs = 86_400_000;
export const widestBounds: LinkBounds = {
  shortestMs: 60_000,
  maxMs: 90 * 86_400_000,
  maxUses: 10_000,
  roles,
};

export interface LinkRequest {
  readonly label: string;
  readonly group?: string | null | undefined;
  readonly role: Role;
  readonly serverId: string;
  /** Milliseconds from now; one day when absent. */
  readonly lifeMs?: number | undefined;
  /** Null or absent: any number. */
  readonly uses?: number | null | undefined;
  readonly approval?: boolean | undefined;
  readonly permissions?: MessagePermissions | null | undefined;
  readonly opens?: string | null | undefined;
  readonly madeBy: string;
}

export function mintLinkId(random: (size: number) => Buffer = randomBytes): string {
  return Array.from(random(12), byte => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(byte % 32)).join('');
}

/**
 * Checks what was asked for against the bounds. Refuses with kind `usage` or, where a bound forbids it,
 * `refused`.
 */
export function makeLink(
  now: number,
  id: string,
  request: LinkRequest,
  hash: Link['hash'],
  bounds: LinkBounds = widestBounds,
): Link {
  const lifeMs = request.lifeMs ?? Math.min(defaultLinkMs, bounds.maxMs);
  const uses = request.uses ?? null;
  if (!bounds.roles.includes(request.role)) throw forbidden(`The role "${request.role}" may not be given.`);
  if (!(lifeMs >= bounds.shortestMs)) {
    throw unusable(
      `A link lives for at least ${durationWords(bounds.shortestMs)}.`,
      'Give it a longer time.',
    );
  }
  if (lifeMs > bounds.maxMs) {
    throw forbidden(`A link may live for ${durationWords(bounds.maxMs)} at most.`);
  }
  if (uses !== null && !(Number.isInteger(uses) && uses >= 1)) {
    throw unusable('A link has at least one use.', 'Give a whole number of uses, or none for any number.');
  }
  if (uses !== null && uses > bounds.maxUses)
    throw forbidden(`A link may have ${bounds.maxUses} uses at most.`);
  const made = linkSchema.safeParse({
    id,
    label: request.label.trim(),
    group: request.group?.trim() ?? null,
    role: request.role,
    serverId: request.serverId,
    createdAt: now,
    expiresAt: now + Math.floor(lifeMs),
    usesLeft: uses,
    approval: request.approval ?? false,
    permissions: request.permissions ?? null,
    opens: request.opens ?? null,
    madeBy: request.madeBy,
    hash,
    revokedAt: null,
    expiredAt: null,
  });
  if (made.success) return made.data;
  const field = made.error.issues[0]?.path[0] ?? 'it';
  throw unusable(
    `A link cannot be made: its ${String(field)} is empty, too long, or has characters that cannot be shown.`,
    'Use up to 100 ordinary characters.',
  );
}

function unusable(message: string, nextStep: string): GatehouseError {
  return new GatehouseError('link-invalid', message, { kind: 'usage', nextStep });
}

function forbidden(message: string): GatehouseError {
  return new GatehouseError('link-out-of-bounds', message, {
    kind: 'refused',
    nextStep: 'Ask for less, or ask your administrator.',
  });
}

/** What a link is at this time, as the owner sees it. */
export function linkState(now: number, link: Link): LinkState {
  if (link.revokedAt !== null) return 'revoked';
  if (link.expiredAt !== null || !(now < link.expiresAt)) return 'expired';
  return link.usesLeft === 0 ? 'used-up' : 'open';
}

/**
 * Works out the hash of a secret under a key that is named. An unknown name must cost the same and match
 * nothing.
 */
export type HashOf = (key: string | null, linkId: string, secret: string) => Buffer;

export type LinkRefusal = 'unknown' | 'wrong-secret' | 'revoked' | 'expired' | 'used-up' | 'needs-approval';
export type LinkVerdict = { readonly open: true } | { readonly open: false; readonly reason: LinkRefusal };

/**
 * Decides one use of a link. Changes nothing. A reason other than `unknown` and `wrong-secret` is only ever
 * given to somebody who showed the right secret; which of these two it was is for the audit log and must not
 * be told (`toldReason`).
 */
export function judge(
  now: number,
  link: Link | null,
  asked: { readonly id: string; readonly secret: string; readonly approved: boolean },
  hashOf: HashOf,
): LinkVerdict {
  // An unknown link is compared as well, with a hash that nothing has: both ways do the same work.
  const candidate = hashOf(link?.hash.key ?? null, link?.id ?? asked.id.slice(0, 12), asked.secret);
  const kept = Buffer.from(link?.hash.value ?? 'A'.repeat(43), 'base64url');
  const same = kept.length === candidate.length && timingSafeEqual(kept, candidate);
  if (link === null) return { open: false, reason: 'unknown' };
  if (!same) return { open: false, reason: 'wrong-secret' };
  const state = linkState(now, link);
  if (state !== 'open') return { open: false, reason: state };
  if (link.approval && !asked.approved) return { open: false, reason: 'needs-approval' };
  return { open: true };
}

export type ToldReason = 'no-such-link' | Exclude<LinkRefusal, 'unknown' | 'wrong-secret'>;

/** What may be said to whoever asked. */
export function toldReason(reason: LinkRefusal): ToldReason {
  return reason === 'unknown' || reason === 'wrong-secret' ? 'no-such-link' : reason;
}
