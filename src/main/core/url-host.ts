/** A name or an address as a URL has it: an IPv6 address in brackets (RFC 3986, 3.2.2). */
export function urlHost(name: string): string {
  const host = name.trim().toLowerCase();
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
