/**
 * The attacks: a guest's name that forges a line, turns the text of a terminal round, fills the disk, or
 * carries a secret into a file that is handed around. So every event has a form, every text in it is cut,
 * cleaned of whatever looks like a secret, and written in characters that a terminal only shows.
 */
import { z } from 'zod';
import { escaped } from '../../../../shared/visible.ts';
import { roles } from '../ledger/link.ts';

/** Longer inputs are not looked at. */
const maxLookedAt = 16_384;

const text = (longest: number) => z.string().transform(value => cut(value, longest));
const id = text(40);
const server = text(63);
const label = text(100);
const address = text(60);
const reason = text(200);
const by = text(100);
const role = z.enum(roles);
const count = z.int().min(0);
const about = { link: id, server };
/**
 * How often it happened within a minute; once where it is not said. Whatever a guest or a stranger can cause
 * has it: see `audit-causes.ts`.
 */
const times = count.optional();

/** What is written down by the rooms of sharing. Adding an event is adding a line. */
export const eventSchema = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('link-made'),
    ...about,
    role,
    label,
    group: label.nullable(),
    expiresAt: z.iso.datetime(),
    uses: count.nullable(),
    approval: z.boolean(),
    by,
    /** Types of messages, where the link permits them one by one. */
    send: text(400).optional(),
    receive: text(400).optional(),
  }),
  z.strictObject({
    event: z.literal('joined'),
    ...about,
    role,
    session: id,
    name: label,
    address,
    browser: label,
    times,
  }),
  z.strictObject({ event: z.literal('refused'), server, link: id.nullable(), address, reason, times: count }),
  z.strictObject({ event: z.literal('role-limit'), ...about, session: id, role, what: reason, times }),
  z.strictObject({ event: z.literal('session-ended'), ...about, session: id, name: label, reason, times }),
  z.strictObject({ event: z.literal('removed'), ...about, session: id, name: label, by }),
  z.strictObject({ event: z.literal('revoked'), ...about, by, sessions: count }),
  z.strictObject({ event: z.literal('certificate-changed'), fingerprint: text(100), reason }),
  z.strictObject({ event: z.literal('listener-on'), server, address, port: z.int().min(0).max(65_535) }),
  z.strictObject({ event: z.literal('listener-off'), server, reason }),
  z.strictObject({ event: z.literal('approval-asked'), ...about, name: label, address, times }),
  z.strictObject({ event: z.literal('approval-given'), ...about, name: label, address, by }),
  z.strictObject({ event: z.literal('approval-denied'), ...about, name: label, address, by }),
  z.strictObject({ event: z.literal('ledger-set-aside'), reason }),
  z.strictObject({ event: z.literal('key-changed') }),
]);

export type AuditEvent = z.input<typeof eventSchema>;

/** What the log says of itself. */
export type OwnEvent =
  | { readonly event: 'chain-started'; readonly reason: string }
  /** Before this line there is a piece that a crash or a full disk cut: so many bytes, with this SHA-256. */
  | { readonly event: 'torn'; readonly bytes: number; readonly digest: string }
  /** So many events could not be written before this line. */
  | { readonly event: 'lost'; readonly events: number; readonly reason: string }
  /** The log was shorter when it was opened than it had been; null where that is not known either. */
  | { readonly event: 'cut-found'; readonly expected: number | null; readonly found: number }
  | { readonly event: 'malformed'; readonly of: string }
  /** So many events of a kind were not written one by one, because there were too many different ones. */
  | {
      readonly event: 'more';
      readonly of: AuditEvent['event'];
      readonly server: string;
      readonly link: string | null;
      readonly times: number;
    };

function cut(value: string, longest: number): string {
  // Half of a surrogate pair is no character.
  return value.length <= longest ? value : `${value.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * The event as it may be written: redacted, without anything as long as a secret, cut. Never throws: one that
 * does not fit its form is named and left out.
 */
export function tidyEvent(event: AuditEvent, redact: (text: string) => string): AuditEvent | OwnEvent {
  const clean = Object.fromEntries(
    Object.entries(event).map(([name, value]) => [
      name,
      typeof value === 'string' ? hide(value, redact) : value,
    ]),
  );
  const parsed = eventSchema.safeParse(clean);
  return parsed.success ? parsed.data : { event: 'malformed', of: cut(event.event, 40) };
}

/**
 * Redacts before it is cut: half a secret is not recognised any more. What is as long as a secret of ours may
 * be one.
 */
function hide(value: string, redact: (text: string) => string): string {
  return redact(value.slice(0, maxLookedAt)).replaceAll(/[\w-]{43,}/g, '***');
}

/** JSON in one line; what JSON leaves as it is although a terminal acts on it is escaped. */
export function lineText(value: object): string {
  return JSON.stringify(value).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, character => escaped(character));
}
