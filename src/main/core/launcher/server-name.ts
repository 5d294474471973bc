import { basename, parse } from 'node:path';

/** Unambiguous when read aloud or typed: no 0, 1, l, o. */
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/**
 * The host name of a server's listener, without `.localhost`: its id and 60 random bits that are told to
 * nobody but the owner. Cookies are set on it, and cookies do not separate ports: anyone who knew it could
 * lead the owner's browser to a port of their own under that name and be sent the cookie. The id alone is on
 * command lines, which every account of the computer can read.
 *
 * Each listener that opens gets a new label, and no label is ever used again. While a listener is closed,
 * another account can listen on its port: it learns the label from whatever the owner's browser still asks
 * there, and can leave a page or a service worker in that origin. With another label, none of this is of the
 * origin in which the owner signs in next.
 */
export function newHostLabel(id: string, random: (size: number) => Buffer): string {
  return `${id}-${letterTail(12, random)}`;
}

function letterTail(length: number, random: (size: number) => Buffer): string {
  return Array.from(random(length), byte => letters[byte % letters.length]).join('');
}

/** A new id: words from the name and 20 random bits, so that two of one name differ. */
export function newServerId(name: string, random: (size: number) => Buffer): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  const tail = letterTail(4, random);
  return words === '' ? `server-${tail}` : `${words}-${tail}`;
}

/**
 * What a server is called when its owner gave no name: the file that it runs, else the folder, or for the
 * home folder itself the kind of server.
 * @param file that the server runs; null where it runs none, or many
 */
export function defaultName(folder: string, home: string, title: string, file: string | null): string {
  if (file !== null) return parse(file).name;
  const last = basename(folder);
  return folder === home || last === '' ? title : last;
}
