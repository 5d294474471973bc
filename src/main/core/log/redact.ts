/**
 * Attack: a token in a log, a copied error or a bug report is a token in the hands of whoever reads it
 * (jupyter_server CVE-2022-24757 logged whole headers). So nothing is kept or shown before it went through
 * here, once more after `Secret`.
 *
 * Promised: every learnt secret goes, as it is, percent-encoded, in base64 and in hex; and what merely looks
 * like a credential goes too. Time is linear in the text: no pattern can be made to backtrack by what a
 * server prints. Out of reach: a secret cut in two by a line end that falls inside it, and one that was
 * compressed, encrypted or encoded twice.
 */
import type { Redactor } from '../ports.ts';
import type { Secret } from '../secret.ts';

const hidden = '***';
/** Shorter values are words of every text; hiding them would hide nothing and ruin the log. */
const shortestSecret = 4;
/** Over this many the longest unused one is dropped; every read of a secret counts as use. */
const maxSecrets = 1000;

interface Form {
  readonly text: string;
  /** Base64 shares a character with its neighbours on both sides; those go too. */
  readonly ragged: boolean;
}

interface Learnt {
  readonly forms: readonly Form[];
  readonly percent: RegExp;
}

export function createRedactor(): Redactor {
  const learnt = new Map<string, Learnt>();
  /**
   * Longer secrets first, so that one which begins like another does not leave its rest behind. Null when it
   * has to be made anew.
   */
  let ordered: readonly Learnt[] | null = null;
  return {
    learn(secret: Secret<string>): void {
      const value = secret.reveal();
      if (value.length < shortestSecret) return;
      const known = learnt.get(value) ?? { forms: formsOf(value), percent: percentPattern(value) };
      learnt.delete(value);
      learnt.set(value, known);
      ordered = null;
      const oldest = learnt.keys().next();
      if (learnt.size > maxSecrets && oldest.done !== true) learnt.delete(oldest.value);
    },
    forget(secret: Secret<string>): void {
      learnt.delete(secret.reveal());
      ordered = null;
    },
    redact(text: string): string {
      ordered ??= [...learnt].sort(([a], [b]) => b.length - a.length).map(([, known]) => known);
      return hidePatterns(hideLearnt(text, ordered));
    },
  };
}

function hideLearnt(text: string, learnt: readonly Learnt[]): string {
  let result = text;
  for (const known of learnt) {
    for (const form of known.forms) {
      if (result.includes(form.text)) result = hideForm(result, form);
    }
    if (result.includes('%')) result = result.replace(known.percent, hidden);
  }
  return result;
}

function hideForm(text: string, form: Form): string {
  if (!form.ragged) return text.replaceAll(form.text, hidden);
  const pieces: string[] = [];
  let from = 0;
  for (let at = text.indexOf(form.text); at !== -1; at = text.indexOf(form.text, from)) {
    const start = at > from && isBase64(text[at - 1]) ? at - 1 : at;
    const end = at + form.text.length;
    pieces.push(text.slice(from, start), hidden);
    from = isBase64(text[end]) ? end + 1 : end;
  }
  return pieces.join('') + text.slice(from);
}

function isBase64(character: string | undefined): boolean {
  return character !== undefined && /[\w+/=-]/.test(character);
}

/**
 * As it is, as JSON would escape it, in hex, and in base64 at each of the three places where it may begin in
 * a longer text.
 */
function formsOf(value: string): readonly Form[] {
  const bytes = Buffer.from(value, 'utf8');
  const forms = new Map<string, boolean>([
    [value, false],
    [JSON.stringify(value).slice(1, -1), false],
    [bytes.toString('hex'), false],
    [bytes.toString('hex').toUpperCase(), false],
  ]);
  for (const before of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = [0, 2, 3][before] ?? 0;
    const last = whole.length - ((before + bytes.length) % 3 === 0 ? 0 : 1);
    const core = whole.slice(first, last);
    if (core.length < shortestSecret) continue;
    forms.set(core, true);
    forms.set(core.replaceAll('+', '-').replaceAll('/', '_'), true);
  }
  return [...forms].map(([text, ragged]) => ({ text, ragged }));
}

/**
 * The value with any of its characters percent-encoded. The two spellings of a character never begin alike:
 * no backtracking.
 */
function percentPattern(value: string): RegExp {
  const characters = Array.from(value, character => {
    const encoded = [...Buffer.from(character, 'utf8')].map(byte => `%${anyCase(byte)}`).join('');
    const plain = character === '%' ? '%(?!25)' : character.replace(/[\\^$.*+?()[\]{}|/-]/, String.raw`\$&`);
    return `(?:${encoded}|${plain})`;
  });
  return new RegExp(characters.join(''), 'g');
}

function anyCase(byte: number): string {
  const digits = byte.toString(16).padStart(2, '0');
  return digits.replace(/[a-f]/g, digit => `[${digit}${digit.toUpperCase()}]`);
}

const named = '(?:token|secret|password|passwd|passphrase|api[_-]?key|_xsrf|signature)';
const header = String.raw`(?:authorization|cookie|-token|x-api-key)`;

/**
 * What looks like a credential, whoever made it. Group 1 stays. Each pattern begins with something fixed and
 * goes on with one class that ends before it could begin again, which keeps the whole linear.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  // ?token=..., --ServerApp.token=..., password='...', next=%2Flab%3Ftoken%3D...
  [
    new RegExp(`(${named}(?:=|%3D))(?:"[^"\\n]*"?|'[^'\\n]*'?|[^\\s&#;,"'<>%]|%(?!26))+`, 'gi'),
    `$1${hidden}`,
  ],
  [/((?:[?&#]|%3F|%26|%23)code(?:=|%3D))(?:[^\s&#;,"'<>%]|%(?!26))+/gi, `$1${hidden}`],
  // "Authorization: Bearer ...", { 'Cookie': '...' }, ["x-some-token", "..."], "secret": "..."
  [new RegExp(`(${header}\\s{0,4}:[^\\S\\n]{0,4})(?!["'])[^\\r\\n]+`, 'gi'), `$1${hidden}`],
  [
    new RegExp(`((?:${header}|${named})\\\\["']\\s{0,8}[:,=]\\s{0,8}\\\\["'])[^"'\\\\]*`, 'gi'),
    `$1${hidden}`,
  ],
  [
    new RegExp(`((?:${header}|${named})["']?\\s{0,8}[:,=]\\s{0,8}")(?:\\\\[^]|[^"\\\\])*`, 'gi'),
    `$1${hidden}`,
  ],
  [
    new RegExp(`((?:${header}|${named})["']?\\s{0,8}[:,=]\\s{0,8}')(?:\\\\[^]|[^'\\\\])*`, 'gi'),
    `$1${hidden}`,
  ],
  // { 'set-cookie': [ '...', '...' ] }
  [new RegExp(`(${header}["']?\\s{0,8}[:,=]\\s{0,8}\\[)[^\\]]*`, 'gi'), `$1${hidden}`],
  [/\b((?:Bearer|Basic)\s{1,8})[\w.~+/=-]{16,}/gi, `$1${hidden}`],
  // https://user:password@host
  [/(:\/\/)[^\s/?#"'<>]*@/g, `$1${hidden}@`],
  // The secret of a share link is its fragment.
  [/(\/_gatehouse\/[\w/-]{0,80}#)[^\s"'<>]+/g, `$1${hidden}`],
  // A JSON Web Token (RFC 7519).
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]{2,}\.[\w-]*/g, hidden],
  [/(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[^-]*/g, `$1${hidden}`],
];

function hidePatterns(text: string): string {
  let result = text;
  for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
  return result;
}
