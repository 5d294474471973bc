/**
 * The attack: a credential of Gatehouse's that is written so that the guard does not know it for one and the
 * server behind gets it (`Bearer TOKEN,`, a Basic whose password it is, a scheme of one's own). What may go
 * on to a server with users of its own (`Upstream.passesAuthorization`) is therefore only what holds nothing
 * of ours in any place: every word of it is looked at, as it is and decoded. The default is no.
 */
import { percentDecoded } from '../../text/percent.ts';
import type { Credential } from './credential.ts';

/** Far more than any scheme has: a Digest of RFC 7616 has some 20, each looked at in two readings. */
const maxWords = 128;
/** A token is no longer (credential); one that is shorter than `strongLength` can be guessed anyway. */
const maxTokenLength = 512;
const strongLength = 16;
const longest = 8192;

/**
 * The form of what a tool shows for a link: the link's id and its secret. Of whichever server, alive or not,
 * it is nobody's but ours.
 */
const linkToken = /^[a-z2-7]{12}\.[\w-]{43}$/;

export function looksLikeOurs(word: string): boolean {
  return linkToken.test(word);
}

/** Pure but for what `isOurs` looks up. */
export function isForeignAuthorization(
  { whole }: Pick<Credential, 'whole'>,
  isOurs: (word: string) => boolean,
): boolean {
  if (whole === undefined || whole.length > longest || !/^[\t\u0020-\u007e]+$/.test(whole)) return false;
  const words = wordsOf(whole);
  const decoded = words.flatMap(word => decodedWords(word));
  const candidates = [...words, ...words.map(word => percentDecoded(word)), ...decoded].filter(
    word => word.length <= maxTokenLength,
  );
  return candidates.length <= maxWords && !candidates.some(word => isOurs(word));
}

/**
 * What base64 makes of it: a pair of which one is a token, whatever is in the other; and pieces that are long
 * enough to be one.
 */
function decodedWords(word: string): readonly string[] {
  const text = Buffer.from(word, 'base64').toString('latin1');
  const colon = text.indexOf(':');
  const pair = colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
  return [...pair, ...wordsOf(text).filter(piece => piece.length >= strongLength)];
}

/**
 * Marks that stand between the parts of a credential in any scheme; none of them can be in a token of ours.
 */
function wordsOf(text: string): readonly string[] {
  const words = text.split(/[^\w.~%+/-]+/);
  return [...words, ...text.split(/[\s,;="':]+/)].filter(word => word !== '');
}
