/**
 * Plays the share listener's side of the protocol for its pages, from a script of answers. Plain HTTP: on
 * loopback a browser takes it for secure.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  fileAnswer,
  jsonAnswer,
  sendAnswer,
  type Answer,
} from '../../../src/main/core/gateway/http-answer.ts';
import { guestScript } from '../../../src/main/core/gateway/guest/pages/banner-script.ts';
import { joinPage, leftPage, outsidePage } from '../../../src/main/core/gateway/guest/pages/guest-pages.ts';
import { certificatePage } from '../../../src/main/core/gateway/guest/pages/certificate-pages.ts';
import type { GuestAuthority } from '../../../src/main/core/share-ports.ts';

export interface Said {
  readonly status: number;
  readonly body: object;
  readonly headers?: readonly string[];
}

export interface FakeGateway {
  readonly origin: string;
  /** What is answered next; the last one stays. */
  look: Said[];
  join: Said[];
  wait: Said[];
  me: Said[];
  leave: Said;
  /** Cuts every POST. */
  down: boolean;
  /** Policy of the server's own page. */
  policy: string;
  /** Method, URL and Referer of everything that came. */
  readonly asked: string[];
  /** Bodies of the POSTs, by path. */
  readonly posted: { readonly path: string; readonly body: unknown }[];
  close(): void;
}

export const authority: GuestAuthority = {
  name: 'Gatehouse on mira (4F2A)',
  fingerprint: Array.from({ length: 32 }, (_value, at) =>
    ((at * 37 + 74) % 256).toString(16).padStart(2, '0'),
  )
    .join(':')
    .toUpperCase(),
  validTo: '2031-11-24T00:00:00.000Z',
  pem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  der: Buffer.from([0x30, 0x82, 0xff, 0x00, 0x80]),
};

const lab = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>JupyterLab</title></head>
<body><main><h1>A notebook</h1><p>The server's own page.</p></main></body></html>
<script src="/_gatehouse/guest.js"></script>`;

export async function openFakeGateway(): Promise<FakeGateway> {
  const server = createServer((request, response) => {
    void serve(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const gateway: FakeGateway = {
    origin: `http://127.0.0.1:${port}`,
    look: [],
    join: [],
    wait: [],
    me: [],
    leave: { status: 200, body: {} },
    down: false,
    policy: "frame-ancestors 'self'; report-uri /api/security/csp-report",
    asked: [],
    posted: [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const made = await answer(request);
    if (made === null) response.destroy();
    else sendAnswer(response, made);
  }

  async function answer(request: IncomingMessage): Promise<Answer | null> {
    const path = request.url ?? '';
    gateway.asked.push(`${request.method} ${path} ${request.headers.referer ?? ''}`);
    if (request.method === 'GET') return readingAnswer(gateway, path);
    const chunks = await request.toArray();
    if (gateway.down) return null;
    const text = Buffer.concat(chunks as Buffer[]).toString('utf8');
    gateway.posted.push({ path, body: text === '' ? null : JSON.parse(text) });
    if (path.endsWith('/look')) return next(gateway.look);
    if (path.endsWith('/wait')) return next(gateway.wait);
    return path === '/_gatehouse/leave' ? next([gateway.leave]) : next(gateway.join);
  }
  return gateway;
}

function readingAnswer(gateway: FakeGateway, path: string): Answer {
  if (path.startsWith('/_gatehouse/join/')) return joinPage();
  switch (path) {
    case '/_gatehouse/me':
      return next(gateway.me);
    case '/_gatehouse/guest.js':
      return guestScript();
    case '/_gatehouse/left':
      return leftPage();
    case '/_gatehouse/certificate':
      return certificatePage(authority, authority.fingerprint, 'mira.local:8443');
    case '/supplied':
      return certificatePage(null, authority.fingerprint, 'mira.local:8443');
    case '/lab':
      return fileAnswer('text/html; charset=utf-8', lab, ['Content-Security-Policy', gateway.policy]);
    case '/framing':
      return fileAnswer('text/html; charset=utf-8', '<!doctype html><iframe src="/lab"></iframe>');
    case '/outside':
      return outsidePage();
    default:
      return jsonAnswer(404, 'There is no such page');
  }
}

function next(queue: Said[]): Answer {
  const said = queue.length > 1 ? queue.shift() : queue[0];
  if (said === undefined) return jsonAnswer(500, 'The test has no answer for this');
  return { ...jsonAnswer(said.status, '', said.headers), body: JSON.stringify(said.body) };
}
