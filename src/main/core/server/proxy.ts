/**
 * A proxy for the way out must not be asked for what is on this computer: a server that looks whether it
 * answers (Gradio does) is told by the proxy that it does not, and what a kernel asks of another server would
 * pass through somebody else's hands.
 */
import type { Variables } from '../variables.ts';

/**
 * Not `::1`, which older versions of httpx take for a host with a port and refuse to start with, and not
 * `127.0.0.0/8`, which few programs know. A server of ours listens on 127.0.0.1.
 */
const direct = ['localhost', '127.0.0.1', '.localhost'] as const;

/** Names by which programs know a proxy, in the two spellings that they use. */
const proxyNames = /^(?:https?|ftp|all)_proxy$/i;

/** The same, with this computer among what no proxy is asked for; unchanged where no proxy is set. Pure. */
export function withLoopbackDirect(variables: Readonly<Record<string, string>>): Record<string, string> {
  if (proxiesIn(variables).length === 0) return { ...variables };
  // Programs read one spelling or the other; what either says holds.
  const given = ['no_proxy', 'NO_PROXY'].flatMap(name => (variables[name] ?? '').split(','));
  const named = [...new Set(given.map(each => each.trim()).filter(each => each !== ''))];
  const all = named.includes('*') ? ['*'] : [...named, ...direct.filter(each => !named.includes(each))];
  return { ...variables, no_proxy: all.join(','), NO_PROXY: all.join(',') };
}

/** Each proxy that is set, as it may be shown: a proxy's address often has a password in it. */
export function proxiesIn(variables: Variables): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    proxyNames.test(name) && value !== undefined && value.trim() !== '' ? [`${name}=${shown(value)}`] : [],
  );
}

/** Scheme, host and port alone. */
function shown(value: string): string {
  const afterUser = value.trim().slice(value.trim().lastIndexOf('@') + 1);
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(value.trim())?.[0] ?? '';
  const address = afterUser.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const host = /^[\w.:[\]-]{1,255}/.exec(address)?.[0] ?? '(not readable)';
  return `${scheme}${value.includes('@') ? '***@' : ''}${host}`;
}
