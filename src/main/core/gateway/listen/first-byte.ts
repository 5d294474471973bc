/**
 * A TLS port that gets plain HTTP, because somebody left out the s. The attacks: a redirect that leads
 * elsewhere, and a connection that never says anything. So the first byte decides: TLS starts with 22 (RFC
 * 8446, 5.1). Anything else is answered with one line that leads to a name of ours, or
 * with none, and closed; it never reaches a server.
 */
import type { Socket } from 'node:net';

export interface FirstByteOptions {
  /** Takes over a connection that starts as TLS does; none of its bytes are lost. */
  readonly secure: (socket: Socket) => void;
  /** `host:port` values that are ours, in lower case. */
  readonly hosts: () => ReadonlySet<string>;
  /** Until something was said; milliseconds. */
  readonly waitMs: number;
}

const handshake = 22;
/** Enough for a request line and a Host; what is longer is not answered. */
const maxBytes = 4096;

export function lookAtFirstByte(socket: Socket, options: FirstByteOptions): void {
  const late = setTimeout(() => socket.destroy(), options.waitMs).unref();
  const gone = (): void => clearTimeout(late);
  const fault = (): void => void socket.destroy();
  socket.once('close', gone);
  socket.on('error', fault);
  let said = Buffer.alloc(0);
  const look = (): void => {
    const chunk: unknown = socket.read();
    if (!Buffer.isBuffer(chunk)) return;
    said = Buffer.concat([said, chunk]);
    if (said[0] === handshake) {
      socket.off('readable', look);
      clearTimeout(late);
      socket.off('close', gone);
      socket.off('error', fault);
      socket.unshift(said);
      options.secure(socket);
      return;
    }
    const text = said.toString('latin1');
    const whole = text.includes('\r\n\r\n') || text.includes('\n\n');
    if (!whole && said.length < maxBytes && /^[A-Z]/.test(text)) return;
    socket.off('readable', look);
    if (whole && /^[A-Z]{1,20} [^\r\n]* HTTP\/1\.[01]\r?\n/.test(text))
      socket.end(plainAnswer(text, options.hosts()));
    socket.destroySoon();
  };
  socket.on('readable', look);
}

/** Pure. Only a host of ours is led to, with the path that was asked for. */
export function plainAnswer(request: string, hosts: ReadonlySet<string>): string {
  const path = /^[A-Z]+ (\/[\u0021-\u007e]*) /.exec(request)?.[1] ?? '/';
  const found = [...request.matchAll(/^host:[ \t]*([^\s]+)[ \t]*\r?$/gim)].map(match =>
    match[1]?.toLowerCase(),
  );
  const [host] = found;
  const body = 'This address is open over https:// only.\n';
  const ours = found.length === 1 && host !== undefined && hosts.has(host);
  const lines = [
    ours ? 'HTTP/1.1 308 Permanent Redirect' : 'HTTP/1.1 426 Upgrade Required',
    ours ? `Location: https://${host}${path.startsWith('//') ? '/' : path}` : 'Upgrade: TLS/1.2, HTTP/1.1',
    `Connection: ${ours ? '' : 'Upgrade, '}close`,
    'Content-Type: text/plain; charset=utf-8',
    'Cache-Control: no-store',
    'Referrer-Policy: no-referrer',
    `Content-Length: ${body.length}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${request.startsWith('HEAD ') ? '' : body}`;
}
