/*
 * The attack: a notebook from the internet runs in the server's page and asks the browser for the microphone,
 * the place, the USB port, a look at the clipboard; the user has clicked "allow" on such things before.
 * Therefore the default is no, a page of another origin gets nothing, and what is worth asking is asked once
 * for each server, in words, and remembered.
 */

/**
 * allow: harmless or needed for plain use. ask: useful in some notebooks, so the owner decides. Everything
 * else is denied.
 */
export type Rule = 'allow' | 'ask' | 'deny';

interface Row {
  readonly rule: Rule;
  /** Why it is so. */
  readonly reason: string;
  /** What the question says after "wants to"; asked rows only. */
  readonly words?: string;
}

const table: Readonly<Record<string, Row>> = {
  'clipboard-sanitized-write': {
    rule: 'allow',
    reason: 'Copying a cell; the browser asks for a gesture and cleans the content.',
  },
  fullscreen: {
    rule: 'allow',
    reason: 'A plot in full screen; the browser asks for a gesture and Escape leaves it.',
  },
  notifications: {
    rule: 'ask',
    reason: 'A long cell is done; could also be used to deceive.',
    words: 'show notifications',
  },
  media: {
    rule: 'ask',
    reason: 'Notebooks about sound and vision; hears and sees the room.',
    words: 'use your camera or microphone',
  },
  'clipboard-read': {
    rule: 'ask',
    reason: 'Pasting images; could read a password.',
    words: 'read your clipboard',
  },
  geolocation: { rule: 'deny', reason: 'No server here needs to know where you are.' },
  openExternal: { rule: 'deny', reason: 'Other programs are started through the navigation rules only.' },
  midi: { rule: 'deny', reason: 'Devices stay shut.' },
  midiSysex: { rule: 'deny', reason: 'Devices stay shut.' },
  pointerLock: { rule: 'deny', reason: 'Hides the pointer; nothing here needs it.' },
  keyboardLock: { rule: 'deny', reason: 'Takes the keys with which one leaves.' },
  hid: { rule: 'deny', reason: 'Devices stay shut.' },
  serial: { rule: 'deny', reason: 'Devices stay shut.' },
  usb: { rule: 'deny', reason: 'Devices stay shut.' },
  'display-capture': { rule: 'deny', reason: 'Sees the whole screen.' },
  fileSystem: { rule: 'deny', reason: 'The server reaches files already; the page needs no second way.' },
  'storage-access': { rule: 'deny', reason: 'Lets a foreign frame be recognised.' },
  'top-level-storage-access': { rule: 'deny', reason: 'Lets a foreign frame be recognised.' },
  'idle-detection': { rule: 'deny', reason: 'Watches the person.' },
};

export interface PermissionFacts {
  readonly permission: string;
  /** Origin of the frame that asks; null for an opaque one. */
  readonly asking: string | null;
  /** What the owner said before, for this server. */
  readonly remembered: boolean | null;
}

/** Decides one permission in the window of the server whose exact origin is `own`. */
export function permission(own: string, facts: PermissionFacts): Rule {
  if (facts.asking !== own) return 'deny';
  const rule = table[facts.permission]?.rule ?? 'deny';
  if (rule !== 'ask' || facts.remembered === null) return rule;
  return facts.remembered ? 'allow' : 'deny';
}

/** The question for a permission that is asked for. */
export function question(
  serverName: string,
  name: string,
): { readonly message: string; readonly detail: string } {
  return {
    message: `“${serverName}” wants to ${table[name]?.words ?? name}.`,
    detail:
      'The page in the window is asking: the server, or a notebook that you opened in it. Gatehouse remembers your answer for this server.',
  };
}

/** @internal for tests: every permission that the table knows */
export function permissionNames(): readonly string[] {
  return Object.keys(table);
}
