/**
 * What a gateway has to know of one message: little, so that a long one may be read on another thread and
 * only the outcome comes back. Pure.
 */
import type { Role } from '../../../../shared/model.ts';
import type { GuestContext, SocketMessage } from '../../role-ports.ts';
import { readFrame, type BusFrame, type Unreadable } from './frame.ts';
import { guestsOf, stampedContext } from './stamp.ts';

/** Speech as audio is the largest that a satellite sends. */
export const guestBytes = 2 * 1024 * 1024;
/** The bus itself refuses more than 25 MB by its default. */
export const serverBytes = 32 * 1024 * 1024;

/** Of what the bus says. */
export interface BusReading {
  readonly kind: 'heard';
  readonly type: string;
  /** The guests whom it is meant for. */
  readonly to: readonly string[];
}

/** Of what a guest says. */
export interface GuestReading {
  readonly kind: 'said';
  readonly type: string;
  /** As it goes on: said again in one reading, with who speaks. */
  readonly text: string;
}

export function readBusMessage(message: SocketMessage): BusReading | Unreadable {
  const frame = readFrame(message, serverBytes);
  return frame.kind === 'unreadable' ? frame : { kind: 'heard', type: frame.type, to: guestsOf(frame) };
}

export function readGuestMessage(
  message: SocketMessage,
  role: Role,
  guest: GuestContext,
): GuestReading | Unreadable {
  const frame = readFrame(message, guestBytes);
  return frame.kind === 'unreadable'
    ? frame
    : { kind: 'said', type: frame.type, text: stamped(role, frame, guest) };
}

function stamped(role: Role, frame: BusFrame, guest: GuestContext): string {
  const type = JSON.stringify(frame.type);
  const context = JSON.stringify(stampedContext(role, frame, guest));
  return `{"type": ${type}, "data": ${frame.data}, "context": ${context}}`;
}
