/**
 * What a viewer may say in a room of jupyter-collaboration (the y-protocols: `00 00` state vector, `00 01`
 * and `00 02` changes, `01` awareness; `02`, Jupyter's own: save now). The attack: a change to the document,
 * as the answer to the server's own question (`00 01`), as an update, as a save, or in a spelling that the
 * server decodes to one of them. A question passes; in the room of everybody one's own presence does.
 *
 * Not in the room of a document: there the server lets those who are present decide whether changes are saved
 * (`autosave` of each state, or yes where nobody is), and tells nobody who joins who is there. A viewer's
 * presence, whatever it says, would be a vote.
 */
import type { SocketFilter, SocketMessage, SocketStep } from '../../../role-ports.ts';
import { Presence, readAwareness, writeAwareness, type AwarenessEntry } from './awareness.ts';
import { VarReader, varBytes, varNumber } from './varint.ts';

const sync = 0;
const awareness = 1;
const raw = 2;
const stepOne = 0;

/** For one socket of a viewer. @param presence null in the room of a document */
export function viewRoom(presence: Presence | null): SocketFilter {
  return {
    fromGuest: message => judge(message, presence),
    fromServer: message => (presence === null ? { kind: 'pass' } : hear(message, presence)),
  };
}

function judge(message: SocketMessage, presence: Presence | null): SocketStep {
  const { binary, data } = message;
  if (!binary) return { kind: 'drop', reason: 'not a room message' };
  const reader = new VarReader(data);
  switch (reader.number()) {
    case sync: {
      const asks = reader.number() === stepOne && reader.bytes() !== null && reader.atEnd;
      return asks ? { kind: 'pass' } : { kind: 'drop', reason: 'a viewer does not change the document' };
    }
    case awareness: {
      const update = reader.bytes();
      const entries = update === null || !reader.atEnd ? null : readAwareness(update);
      if (entries === null) return { kind: 'drop', reason: 'not a presence of one reading' };
      // Its page takes a connection on which nothing comes back for a dead one.
      if (presence === null) return { kind: 'answer', messages: [message], reason: null };
      const own = presence.said(entries);
      if (own === null) return { kind: 'drop', reason: 'a viewer speaks of itself only' };
      return { kind: 'replace', message: awarenessMessage([own]) };
    }
    case raw:
      return refuseSave(reader);
    case null:
    default:
      return { kind: 'drop', reason: 'not a message that a viewer sends' };
  }
}

/** JupyterLab waits for the answer to "save now". */
function refuseSave(reader: VarReader): SocketStep {
  const reason = 'a viewer does not save';
  const word = reader.text();
  const id = reader.number();
  if (word !== 'save' || id === null || !reader.atEnd) return { kind: 'drop', reason };
  const reply = Buffer.from(JSON.stringify({ type: 'save', responseTo: id, status: 'failed' }));
  const data = Buffer.concat([varNumber(raw), varBytes(reply)]);
  return { kind: 'answer', messages: [{ binary: true, data }], reason };
}

function hear({ binary, data }: SocketMessage, presence: Presence): SocketStep {
  if (!binary || data[0] !== awareness) return { kind: 'pass' };
  const update = new VarReader(data.subarray(1)).bytes();
  const entries = update === null ? null : readAwareness(update);
  const heard = entries === null ? null : presence.heard(entries);
  return heard === null ? { kind: 'pass' } : { kind: 'replace', message: awarenessMessage(heard) };
}

function awarenessMessage(entries: readonly AwarenessEntry[]): SocketMessage {
  return {
    binary: true,
    data: Buffer.concat([varNumber(awareness), varBytes(writeAwareness(entries))]),
  };
}
