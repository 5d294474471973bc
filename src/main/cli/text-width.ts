/** How many columns a text takes on a terminal. */

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** East Asian Width W and F (UAX #11): two columns each. Hangul, kana, CJK, full-width forms. */
const wide =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]/u;
const picture = /\p{Emoji_Presentation}|\uFE0F/u;
/** Combining marks alone, where nothing stands before them. */
const unseen = /^\p{M}+$/u;

export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    if (wide.test(segment) || picture.test(segment)) width += 2;
    else if (!unseen.test(segment)) width += 1;
  }
  return width;
}

/** As `padEnd`, counted in columns. */
export function padColumns(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}
