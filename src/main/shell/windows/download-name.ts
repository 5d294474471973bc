/*
 * The attack: a page names its download `../../.bashrc`, `CON`, `report.pdf` with a right-to-left mark before
 * `exe`, or 4000 letters long. Therefore only a plain name in the folder that the user chose comes out of
 * here, and it says what it is.
 */

// Control characters, separators, what Windows refuses, and marks that turn the direction of writing.
// oxlint-disable-next-line no-control-regex
const unsafe = /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const reserved = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/iu;
const longest = 120;

/** A file name that is safe on every system, as like the given one as possible. */
export function safeName(given: string): string {
  const last = given.split(/[/\\]/u).pop() ?? '';
  const cleaned = last
    .replaceAll(unsafe, '_')
    .replace(/^[\s.]+/u, '')
    .replace(/[\s.]+$/u, '');
  const named = cleaned === '' ? 'download' : cleaned;
  const free = reserved.test(named) ? `_${named}` : named;
  return shorten(free);
}

function shorten(name: string): string {
  const letters = Array.from(name);
  if (letters.length <= longest) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : '';
  return letters.slice(0, longest - ending.length).join('') + ending;
}

/** `plot.png`, `plot (1).png`, ...: the n-th try for a name that is taken. */
export function numberedName(name: string, attempt: number): string {
  if (attempt === 0) return name;
  const dot = name.lastIndexOf('.');
  return dot > 0 ? `${name.slice(0, dot)} (${attempt})${name.slice(dot)}` : `${name} (${attempt})`;
}
