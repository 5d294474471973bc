/**
 * The attack: a guest who claims to be somebody else. Anyone who speaks as `audio` makes the owner's
 * loudspeaker speak; anyone who takes the session `default` changes the owner's own conversation; anyone who
 * takes another's hears the answers; a session may also say which skills are not to be asked. So who speaks,
 * and in which conversation, is said by the gateway, and of what a guest says of it only what concerns nobody
 * else is kept.
 */
import type { GuestContext } from '../../role-ports.ts';
import type { Role } from '../../../../shared/model.ts';
import { isObject, own, type BusFrame } from './frame.ts';

/**
 * How the bus knows a guest: as source, as destination of answers, and as session. Made of the gateway's
 * session, never of the guest's words.
 */
export function busName({ session }: Pick<GuestContext, 'session'>): string {
  return `${prefix}${session}`;
}

const prefix = 'guest-';
/** Of a list of destinations so many are looked at. */
const maxNamed = 10_000;

/** Of the context of a satellite: the language, nothing else. */
const keptContext: ReadonlySet<string> = new Set([
  'lang',
  'stt_lang',
  'request_lang',
  'detected_lang',
  'output_lang',
]);

/**
 * Of a satellite's session: how it likes to be answered, and where its conversation is, which OVOS keeps with
 * the client. Not the pipeline, the persona and the lists of what is forbidden: those are the owner's to say.
 */
const keptSession: ReadonlySet<string> = new Set([
  'lang',
  'site_id',
  'location',
  'system_unit',
  'time_format',
  'date_format',
  'is_speaking',
  'is_recording',
  'active_skills',
  'utterance_states',
  'context',
]);

/** By these others on the bus tell who speaks. */
const whoSpeaks: ReadonlySet<string> = new Set([
  'source',
  'session',
  'session_id',
  'client_name',
  'peer',
  'user',
  'user_id',
  'site_id',
]);

/** The context that goes to the bus with a guest's message. Pure. */
export function stampedContext(
  role: Role,
  { context }: Pick<BusFrame, 'context'>,
  guest: GuestContext,
): Readonly<Record<string, unknown>> {
  const name = busName(guest);
  const given = own(context, 'session');
  const session = isObject(given) ? given : {};
  const isFull = role === 'full';
  return {
    ...only(context, key => (isFull ? !whoSpeaks.has(key) && key !== 'destination' : keptContext.has(key))),
    source: name,
    ...destinationOf(isFull, own(context, 'destination')),
    client_name: guest.name,
    session: {
      ...only(session, key => (isFull ? key !== 'session_id' : keptSession.has(key))),
      session_id: name,
    },
  };
}

/** A satellite speaks to the skills, and to nobody's loudspeaker. */
function destinationOf(isFull: boolean, given: unknown): { destination?: unknown } {
  if (!isFull) return { destination: 'skills' };
  return given === undefined ? {} : { destination: given };
}

/** `fromEntries` makes members of their own, whatever they are called. */
function only(
  value: Readonly<Record<string, unknown>>,
  keeps: (key: string) => boolean,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== '__proto__' && keeps(key)));
}

/**
 * Whom of the guests a message of the bus is meant for: those in whose conversation it is, and those it is
 * addressed to, by `busName`. Pure.
 */
export function guestsOf({ context }: Pick<BusFrame, 'context'>): readonly string[] {
  const session = own(context, 'session');
  const destination = own(context, 'destination');
  const named: unknown[] = [isObject(session) ? own(session, 'session_id') : null];
  if (Array.isArray(destination)) named.push(...destination.slice(0, maxNamed));
  else named.push(destination);
  return named.filter(
    (name): name is string => typeof name === 'string' && name.length <= 200 && name.startsWith(prefix),
  );
}
