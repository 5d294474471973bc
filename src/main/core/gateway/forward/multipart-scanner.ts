/**
 * Reads the heads of a form's parts as they pass (RFC 7578, RFC 2046), without keeping the parts. The attack:
 * a page or a picture that runs scripts, as one part of many, under a type or a name that only the receiver
 * looks at; and a form that two programs take apart differently. So a part of an active type or name ends the
 * upload, and so does everything that an honest browser does not write.
 */
import { percentDecoded } from '../../text/percent.ts';
import { refusedName, type AllowsName } from './form-names.ts';

export interface PartRefusal {
  readonly status: number;
  readonly message: string;
}

const maxHeadBytes = 8192;
const maxParts = 1000;

const activeTypes = /html|xml|svg|javascript|ecmascript|xsl|x-shockwave|java-archive|pdf|multipart|message/;
const activeNames = /\.(?:x?html?|shtml|xht|svgz?|xml|xslt?|m?js|cjs|mjs|swf|hta|mht(?:ml)?|pdf)$/;

export class PartScanner {
  /**
   * `--boundary`, behind a line end. Anywhere else it is a boundary too for a parser that takes a bare line
   * feed, or nothing at all, for a line end.
   */
  readonly #mark: Buffer;
  /** Whether a part may say that it is of this type. */
  readonly #allows: (type: string) => boolean;
  readonly #allowsName: AllowsName;
  /** What is not decided on yet: shorter than a boundary, or a head that is not whole. */
  #rest: Buffer;
  #inHead = false;
  #parts = 0;
  #over = false;

  /** Null where the type names no boundary, two, or one that two programs may read differently. */
  static of(
    contentType: string,
    allows: (type: string) => boolean = () => true,
    allowsName: AllowsName = () => true,
  ): PartScanner | null {
    const found = [...contentType.matchAll(/;\s*boundary=(?:"([^"\\]{1,70})"|([\w'+.-]{1,70}))\s*(?=;|$)/gi)];
    const boundary = found[0]?.[1] ?? found[0]?.[2];
    // `boundary*=` of RFC 2231 is the one that counts for some.
    const named = contentType.match(/boundary[\s*\d]*=/gi)?.length ?? 0;
    if (found.length !== 1 || named !== 1 || boundary === undefined) return null;
    return /^[\w'()+,./:=? -]*[\w'()+,./:=?-]$/.test(boundary)
      ? new PartScanner(boundary, allows, allowsName)
      : null;
  }

  constructor(boundary: string, allows: (type: string) => boolean, allowsName: AllowsName) {
    this.#allows = allows;
    this.#allowsName = allowsName;
    this.#mark = Buffer.from(`--${boundary}`);
    // So that the first one, at the very beginning, looks like all others.
    this.#rest = Buffer.from('\r\n');
  }

  push(chunk: Buffer): PartRefusal | null {
    if (this.#over) return null;
    let bytes = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      if (this.#inHead) {
        const end = bytes.indexOf('\r\n\r\n');
        if (end < 0) {
          this.#rest = bytes;
          return bytes.length > maxHeadBytes ? refuse(400, 'The head of a part is too long') : null;
        }
        const refusal = judgeHead(bytes.subarray(0, end).toString('latin1'), this.#allows, this.#allowsName);
        if (refusal !== null) return refusal;
        this.#inHead = false;
        // The line end before the next boundary may be that of the head: a part may be empty.
        bytes = bytes.subarray(end + 2);
      }
      const at = bytes.indexOf(this.#mark);
      if (at < 0) {
        this.#rest = Buffer.from(bytes.subarray(Math.max(0, bytes.length - this.#mark.length - 4)));
        return null;
      }
      if (at < 2 || bytes.toString('latin1', at - 2, at) !== '\r\n') return twoWays;
      const behind = bytes.subarray(at + this.#mark.length);
      if (behind.length < 2) {
        this.#rest = Buffer.from(bytes.subarray(at - 2));
        return null;
      }
      const next = behind.toString('latin1', 0, 2);
      if (next === '--') {
        this.#over = true;
        return null;
      }
      if (next !== '\r\n') return twoWays;
      this.#parts += 1;
      if (this.#parts > maxParts) return refuse(413, 'The form has too many parts');
      this.#inHead = true;
      bytes = behind;
    }
  }
}

const twoWays = refuse(400, 'The form cannot be taken apart in one way only');

function refuse(status: number, message: string): PartRefusal {
  return { status, message };
}

/** @param head lines from the line end of the boundary on */
function judgeHead(
  head: string,
  allows: (type: string) => boolean,
  allowsName: AllowsName,
): PartRefusal | null {
  const lines = head.split('\r\n').filter(line => line !== '');
  const odd = lines.some(line => /[\r\n\0]/.test(line) || !/^[\w-]+:/.test(line));
  const names = lines.map(line => line.slice(0, line.indexOf(':')).toLowerCase());
  if (odd || new Set(names).size !== names.length) {
    return refuse(400, 'The head of a part cannot be read in one way only');
  }
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line
      .slice(colon + 1)
      .trim()
      .toLowerCase();
    if (name === 'content-type' && activeTypes.test(value)) {
      return refuse(415, 'A guest may not upload what a browser would run');
    }
    if (name === 'content-type' && !allows(value.split(';', 1)[0]?.trim() ?? '')) {
      return refuse(415, 'A guest may not upload a file of that type');
    }
    // A name in pieces (RFC 2231, 3), which some put together; a quote that ends a name for some and not for
    // others.
    if (name === 'content-disposition' && /[\w-]\*\d+\*?\s*=|\\"/.test(value)) {
      return refuse(400, 'The head of a part cannot be read in one way only');
    }
    if (
      name === 'content-disposition' &&
      valuesOf('name', value).some(field => !allowsName(encodeURIComponent(field)))
    ) {
      return refusedName;
    }
    if (name === 'content-disposition' && valuesOf('filename', value).some(file => activeNames.test(file))) {
      return refuse(415, 'A guest may not upload a file of that kind');
    }
  }
  return null;
}

const spellings = {
  name: /(?<!file)name\*?\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)/g,
  filename: /filename\*?\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)/g,
};

/** Every spelling: `filename="x"`, `filename=x`, `filename*=UTF-8''x`. */
function valuesOf(parameter: keyof typeof spellings, value: string): readonly string[] {
  return [...value.matchAll(spellings[parameter])].map(match => {
    const raw = (match[1] ?? '').replaceAll(/^"|"$/g, '').replaceAll('\\', '');
    const plain = raw.replace(/^[\w-]*'[\w-]*'/, '');
    // Windows takes blanks and dots at the end off; some programs stop at a NUL.
    return percentDecoded(plain).replaceAll(/[\s.\p{Cc}]+$/gu, '');
  });
}
