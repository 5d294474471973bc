/**
 * What a viewer may say in a room of jupyter-collaboration (the y-protocols: `00 00` state vector, `00 01` and `00 02` changes, `01` awareness; `02`,
 * Jupyter's own: save now). The attack: a change to the document, as the answer to the server's own question (`00 01`), as an update, as a
 * save, or in a spelling that the server decodes to one of them. A question and one's own presence pass; all else is dropped.
 */
import type { SocketFilter, SocketMessage, SocketStep } from '../../../role-ports.ts';
import { readAwareness, Presence, writeAwareness } from './awareness.ts';
import { VarReader, varBytes, varNumber } from './varint.ts';

const sync = 0;
const awareness = 1;
const raw = 2;
const stepOne = 0;

/** For one socket of a viewer. */
export function viewRoom(): SocketFilter {
  const presence = new Presence();
  return {
    fromGuest: message => judge(message, presence),
    fromServer: message => {
      note(message, presence);
      return { kind: 'pass' };
    },
  };
}

function judge({ binary, data }: SocketMessage, presence: Presence): SocketStep {
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
      const own = entries === null ? null : presence.own(entries);
      if (own === null) return { kind: 'drop', reason: 'a viewer speaks of itself only' };
      const again = Buffer.concat([varNumber(awareness), varBytes(writeAwareness([own]))]);
      return { kind: 'replace', message: { binary: true, data: again } };
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

function note({ binary, data }: SocketMessage, presence: Presence): void {
  if (!binary || data[0] !== awareness) return;
  const reader = new VarReader(data.subarray(1));
  const update = reader.bytes();
  const entries = update === null ? null : readAwareness(update);
  if (entries !== null) presence.seen(entries);
}
