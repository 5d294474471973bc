/**
 * The attack: the name of a folder, a server or a guest, or a line that a server wrote, holds letters that
 * are not seen but obeyed: a terminal clears its screen or fills the clipboard, the direction of writing
 * turns, and a zero-width letter makes two names look like one. So everything that is obeyed or cannot be
 * seen is written out, as JSON writes it. Line feed and tab stay; so do the variation selectors of emoji.
 */
const unseen =
  /(?![\n\t])(?![\uFE00-\uFE0F])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Text in which everything can be seen. What is already written out stays as it is; JSON stays the same JSON.
 */
export function visible(text: string): string {
  return text.replaceAll(unseen, letter => escaped(letter));
}

/** Every UTF-16 unit of a text, written out as JSON writes it. */
export function escaped(text: string): string {
  const codes = Array.from({ length: text.length }, (_none, index) => text.charCodeAt(index));
  return codes.map(code => `\\u${code.toString(16).padStart(4, '0')}`).join('');
}
