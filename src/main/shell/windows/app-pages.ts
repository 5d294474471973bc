/*
 * The attack: text that a server printed (its log, its error, a file name) reaches Gatehouse's own windows
 * and is taken for markup or script; then it could start programs through the bridge. Therefore our pages
 * come from our own files only, run no inline script, may not turn text into markup at all (Trusted Types),
 * may not be framed, and may speak to nobody.
 */

export const ownScheme = 'gatehouse';
export const ownOrigin = 'gatehouse://app';

export const ownHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** One of our files: a name in one folder, so there is no path to climb. */
export interface OwnFile {
  readonly name: string;
  readonly type: string;
}

/** The file that an address of ours means; null for everything else. */
export function ownFile(address: string): OwnFile | null {
  const match =
    /^gatehouse:\/\/app\/(?<name>[a-z][a-z0-9-]{0,60}\.(?<kind>html|js|css|svg))(?:\?[^#]*)?(?:#.*)?$/u.exec(
      address,
    );
  const { name, kind } = match?.groups ?? {};
  const type = types[kind ?? ''];
  return name === undefined || type === undefined ? null : { name, type };
}

export type View = 'home' | 'logs' | 'about' | 'share' | 'people';

export function ownAddress(view: View, server: string | null = null): string {
  const query = new URLSearchParams({ view, ...(server === null ? {} : { server }) });
  return `${ownOrigin}/index.html?${query.toString()}`;
}
