/**
 * What a guest may send as a body. The attacks: an upload that fills the disk, and one that is served again
 * as a page and runs in the owner's browser (CVE-2026-44727 is of this family). So a body has a largest size,
 * counted as it passes, and a type of a short list; the parts of a form have one too, or none. What a
 * profile's own interface carries as JSON (Jupyter's uploads) is JSON here; what is handed out again is put
 * into a sandbox (`Upstream.contentPaths`).
 */
import type { Facts } from '../request/facts.ts';
import { FormNames, type AllowsName } from './form-names.ts';
import type { BodyWatch } from './request-body.ts';
import { PartScanner } from './multipart-scanner.ts';
import { plainSpelling } from './request-headers.ts';

export interface UploadRefusal {
  readonly status: number;
  readonly message: string;
}

export interface UploadPlan {
  /** Null where the body may begin. */
  readonly refusal: UploadRefusal | null;
  readonly inspect: BodyWatch | null;
}

const types: readonly RegExp[] = [
  /^application\/(?:[\w.+-]+\+)?json$/,
  /^application\/x-ndjson$/,
  /^application\/x-www-form-urlencoded$/,
  /^application\/octet-stream$/,
  /^text\/(?:plain|csv)$/,
  /^multipart\/form-data$/,
  /^image\/(?!svg)[\w.+-]+$/,
  /^(?:audio|video|font)\/[\w.+-]+$/,
];

export function tooLargeUpload(bytes: number): UploadRefusal {
  return { status: 413, message: `A guest's upload may have ${Math.floor(bytes / 1_000_000)} MB at most` };
}

/**
 * @param bytes largest body
 * @param only types, or `kind/*`, instead of the usual ones; they apply to the parts of a form too
 * @param allowsName whether a form may have a field of this name; every one when absent
 * @param tooLarge what is said of a larger one
 */
export function watchUpload(
  facts: Pick<Facts, 'hasBody' | 'contentType' | 'contentLength' | 'names'>,
  bytes: number,
  only?: readonly string[],
  allowsName: AllowsName = () => true,
  tooLarge: UploadRefusal = tooLargeUpload(bytes),
): UploadPlan {
  if (!facts.hasBody) return { refusal: null, inspect: null };
  if (facts.contentLength !== null && facts.contentLength > bytes)
    return { refusal: tooLarge, inspect: null };
  // Some servers unpack it by themselves: what passes here is then neither the size nor the form that is
  // judged. No browser sends it.
  if (facts.names.some(name => plainSpelling(name) === 'content-encoding')) {
    return { refusal: { status: 415, message: 'A guest may not send what is compressed' }, inspect: null };
  }
  const type = (facts.contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  // Without a type nobody serves it as anything; scripts post an empty JSON so.
  if (type !== '' && !isAllowed(type, only)) {
    return { refusal: { status: 415, message: `A guest may not send ${type.slice(0, 60)}` }, inspect: null };
  }
  const scanner =
    type === 'multipart/form-data'
      ? PartScanner.of(
          facts.contentType ?? '',
          partType => only === undefined || isAllowed(partType, only),
          allowsName,
        )
      : null;
  if (type === 'multipart/form-data' && scanner === null) {
    return { refusal: { status: 400, message: 'The form has no boundary that can be read' }, inspect: null };
  }
  const names = type === 'application/x-www-form-urlencoded' ? new FormNames(allowsName) : null;
  let seen = 0;
  const inspect: BodyWatch = chunk => {
    seen += chunk.length;
    return seen > bytes ? tooLarge : (scanner?.push(chunk) ?? names?.push(chunk) ?? null);
  };
  return { refusal: null, inspect };
}

function isAllowed(type: string, only: readonly string[] | undefined): boolean {
  if (only === undefined) return types.some(pattern => pattern.test(type));
  return only.some(each =>
    each.endsWith('/*') ? type.startsWith(each.slice(0, -1)) && !type.includes('svg') : each === type,
  );
}
