import { basename } from 'node:path';

/** Unambiguous when read aloud or typed: no 0, 1, l, o. */
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/**
 * A new id: words from the name and 40 random bits. It is the host name that cookies are set on, and cookies do not separate
 * ports: whoever could guess it could lead the owner's browser to a port of their own under that name and be sent the cookie.
 */
export function newServerId(name: string, random: (size: number) => Buffer): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  const tail = Array.from(random(8), byte => letters[byte % letters.length]).join('');
  return words === '' ? `server-${tail}` : `${words}-${tail}`;
}

/** What a server is called when its owner gave no name: the folder, or for the home folder itself the kind of server. */
export function defaultName(folder: string, home: string, title: string): string {
  const last = basename(folder);
  return folder === home || last === '' ? title : last;
}
