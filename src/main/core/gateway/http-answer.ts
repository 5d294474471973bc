/** What the gateway itself answers, to a request or on the bare socket of an upgrade. */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const lingerMs = 2000;

export interface Answer {
  readonly status: number;
  /** Name and value alternating. */
  readonly headers: readonly string[];
  readonly body: string;
  /** Of the body; `latin1` where each character stands for one byte. UTF-8 when absent. */
  readonly encoding?: 'utf8' | 'latin1';
}

/**
 * `same-origin`, not `no-referrer`: with the latter a browser sends `Origin: null` with our own form, which
 * no check could tell from a forged one.
 */
const always = [
  'Cache-Control',
  'no-store',
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'same-origin',
  'Cross-Origin-Resource-Policy',
  'same-origin',
];

/** A refusal for programs. */
export function jsonAnswer(status: number, message: string, headers: readonly string[] = []): Answer {
  return {
    status,
    headers: ['Content-Type', 'application/json; charset=utf-8', ...always, ...headers],
    body: `${JSON.stringify({ message, status })}\n`,
  };
}

/** A value for a page of ours. */
export function valueAnswer(status: number, value: object, headers: readonly string[] = []): Answer {
  return {
    status,
    headers: ['Content-Type', 'application/json; charset=utf-8', ...always, ...headers],
    body: `${JSON.stringify(value)}\n`,
  };
}

/** @param location absolute, so that no path can be taken for another host */
export function redirectAnswer(status: 303 | 307, location: string, headers: readonly string[] = []): Answer {
  return { status, headers: ['Location', location, ...always, ...headers], body: '' };
}

/** @param policy value of Content-Security-Policy */
export function pageAnswer(
  status: number,
  html: string,
  policy: string,
  headers: readonly string[] = [],
): Answer {
  return {
    status,
    headers: [
      'Content-Type',
      'text/html; charset=utf-8',
      'Content-Security-Policy',
      policy,
      'X-Frame-Options',
      'DENY',
      'Cross-Origin-Opener-Policy',
      'same-origin',
      ...always,
      ...headers,
    ],
    body: html,
  };
}

/** @param content text as UTF-8, or bytes */
export function fileAnswer(type: string, content: string | Buffer, headers: readonly string[] = []): Answer {
  const [body, encoding] =
    typeof content === 'string'
      ? [content, 'utf8' as const]
      : [content.toString('latin1'), 'latin1' as const];
  return { status: 200, headers: ['Content-Type', type, ...always, ...headers], body, encoding };
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  const { req: request } = response;
  if (!request.complete) {
    // A body that nobody asked for: time to read the answer, then no more of it.
    const cut = (): void => {
      if (!request.complete) request.socket.destroy();
    };
    response.on('finish', () => setTimeout(cut, lingerMs).unref());
  }
  const body = Buffer.from(answer.body, answer.encoding ?? 'utf8');
  // With its words: Node keeps those of an earlier attempt, and they may be what failed.
  const words = STATUS_CODES[answer.status] ?? 'Refused';
  response.writeHead(answer.status, words, [...answer.headers, 'Content-Length', String(body.length)]);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** For a socket on which Node has no response object; it is closed afterwards. */
export function sendRawAnswer(socket: Duplex, answer: Answer): void {
  const body = Buffer.from(answer.body, answer.encoding ?? 'utf8');
  const lines = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Refused'}`];
  const headers = [...answer.headers, 'Content-Length', String(body.length), 'Connection', 'close'];
  for (let index = 0; index < headers.length; index += 2)
    lines.push(`${headers[index]}: ${headers[index + 1]}`);
  socket.on('error', () => socket.destroy());
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]), () => {
    socket.destroy();
  });
}
