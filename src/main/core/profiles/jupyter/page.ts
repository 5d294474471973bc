/**
 * The attack: a configuration, or an extension, has the server write an address into its pages that is not
 * this one, and what is typed there goes to that program. And the honest fault: the server proves to be
 * ours and refuses every browser (`local_hostnames`). So it is ready only when one page was shown, asked for
 * as a browser asks, and that page dials this server.
 */
import { z } from 'zod';
import type { Proof, Upstream } from '../../ports.ts';
import { ask } from '../common/ask.ts';
import { ownHeaders } from './jupyter-client.ts';

/** What a browser says when a person opens an address. */
const asBrowser = {
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language': 'en',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Site': 'none',
  'Sec-Fetch-User': '?1',
  'Upgrade-Insecure-Requests': '1',
  'User-Agent': 'Mozilla/5.0 (Gatehouse)',
};

/** @param path of the first page. May reject, as a question may. */
export async function provePage(upstream: Upstream, path: string, signal: AbortSignal): Promise<Proof> {
  const { address, host } = upstream;
  const headers = { ...asBrowser, ...ownHeaders(upstream) };
  const answer = await ask({ address, host, path, headers, signal });
  if (answer.status >= 400) {
    return {
      kind: 'not-yet',
      detail: `It is ours, and answers a browser that opens ${path} with status ${answer.status}.`,
    };
  }
  const elsewhere = dialsElsewhere(answer.body);
  if (elsewhere === null) return { kind: 'ours' };
  return {
    kind: 'unsafe',
    detail: `Its page ${path} sends the browser to another address (${elsewhere}): look for it in the Jupyter configuration and in the server's extensions.`,
  };
}

const settings = z.record(z.string(), z.unknown());

/**
 * The default of this one is a network of copies for the formulas of notebooks, and JupyterLab 4 does not use
 * it.
 */
const publicByDefault = /^(?:full)?mathjaxUrl$/i;

/**
 * Name of the first setting of a page of JupyterLab or Notebook that is an address of another server, or a
 * token; null where there is none. Pure.
 */
export function dialsElsewhere(page: string): string | null {
  const text = /<script[^>]*\sid="jupyter-config-data"[^>]*>([^]*?)<\/script>/.exec(page)?.[1];
  if (text === undefined) return null;
  const found = settings.safeParse(parsed(text));
  if (!found.success) return 'jupyter-config-data cannot be read';
  for (const [name, value] of Object.entries(found.data)) {
    if (typeof value !== 'string' || value === '') continue;
    if (name === 'token') return name;
    if (name === 'baseUrl' && value !== '/') return name;
    if (/url$/i.test(name) && !publicByDefault.test(name) && !isOwn(value)) return name;
  }
  return null;
}

/** A browser takes `\` for `/`, and leaves tabs and line ends out. */
function isOwn(address: string): boolean {
  const base = 'http://own.invalid';
  return URL.canParse(address, base) && new URL(address, base).origin === base;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
