/**
 * Fetch Metadata (W3C): what a browser says of where a request comes from and what it is for. The attack: a
 * value that no rule knows, which a comparison with the bad values then lets pass as a good one. So the
 * headers are parsed once, here, against the values that rules rely on; whatever else was sent is read as the
 * least trusted. The values are case-sensitive tokens: `Same-Origin`, an empty value and a list of two are
 * unknown.
 */

/** `none`: a person asked for it in the browser itself (address bar, bookmark). */
export type FetchSite = 'same-origin' | 'none' | 'same-site' | 'cross-site';
/** `other`: any mode that is no loading of a page, and any that is not known. */
export type FetchMode = 'navigate' | 'other';
/** `other`: any destination that no rule relies on, and any that is not known. */
export type FetchDestination = 'document' | 'serviceworker' | 'other';

export interface FetchMetadata {
  /** Each is null only where the header is absent: the client is no browser, or an old one. */
  readonly site: FetchSite | null;
  readonly mode: FetchMode | null;
  readonly dest: FetchDestination | null;
}

/** @param sent the value of each header as it came; null where it is absent */
export function readFetchMetadata(sent: {
  readonly site: string | null;
  readonly mode: string | null;
  readonly dest: string | null;
}): FetchMetadata {
  return {
    site: sent.site === null ? null : siteOf(sent.site),
    mode: sent.mode === null ? null : sent.mode === 'navigate' ? 'navigate' : 'other',
    dest: sent.dest === null ? null : destinationOf(sent.dest),
  };
}

function siteOf(value: string): FetchSite {
  return value === 'same-origin' || value === 'none' || value === 'same-site' ? value : 'cross-site';
}

function destinationOf(value: string): FetchDestination {
  return value === 'document' || value === 'serviceworker' ? value : 'other';
}

/**
 * Whether a page of another origin may have made the browser send the request. Cookies do not separate ports,
 * so "same-site" is another site here.
 */
export function isFromElsewhere({ site }: Pick<FetchMetadata, 'site'>): boolean {
  return !(site === null || site === 'same-origin' || site === 'none');
}

/** Whether a page is loaded into a browser's top frame. */
export function isTopNavigation({ mode, dest }: Pick<FetchMetadata, 'mode' | 'dest'>): boolean {
  return mode === 'navigate' && dest === 'document';
}
