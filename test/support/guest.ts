/*
 * A guest as a program: TLS with the local authority, the join protocol, and requests and WebSockets with the
 * session that it gave.
 */
import { request, type RequestOptions } from 'node:https';
import { WebSocket } from 'ws';

export interface GuestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface GuestAsk {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** What a browser that keeps cookies has of the page of a link. */
const probe = '__Host-gatehouse-probe=1';

/** What a browser says of a page's own requests. */
export const ofPage = (origin: string): Record<string, string> => ({
  origin,
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
});

/** What a browser says when a person opens a page. */
export const navigation: Record<string, string> = {
  accept: 'text/html',
  'sec-fetch-site': 'none',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

export class GuestClient {
  readonly origin: string;
  readonly id: string;
  readonly secret: string;
  readonly #authority: string | undefined;
  readonly #options: RequestOptions;
  cookie = '';

  /**
   * @param link as it was sent; @param authority the local authority in PEM; undefined: what the system
   *   trusts
   */
  constructor(link: string, authority: string | undefined, options: RequestOptions = {}) {
    const url = new URL(link);
    this.origin = url.origin;
    this.id = url.pathname.split('/').at(-1) ?? '';
    this.secret = url.hash.slice(1);
    this.#authority = authority;
    this.#options = options;
  }

  ask(path: string, { method = 'GET', headers = {}, body }: GuestAsk = {}): Promise<GuestReply> {
    const cookie = { cookie: this.cookie === '' ? probe : this.cookie };
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(this.origin);
      const sent = request(
        // As it is written: nothing is folded or cleaned on the way.
        {
          host: hostname.replaceAll(/[[\]]/g, ''),
          port,
          path,
          ca: this.#authority,
          agent: false,
          ...this.#options,
          method,
          headers: { ...cookie, ...headers },
        },
        response => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        },
      );
      sent.on('error', reject);
      // An upgrade that is agreed on is an answer too.
      sent.on('upgrade', (response, socket) => {
        socket.destroy();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' });
      });
      sent.end(body);
    });
  }

  /** As the page of a server's own does it. */
  page(path: string, ask: GuestAsk = {}): Promise<GuestReply> {
    return this.ask(path, { ...ask, headers: { ...ofPage(this.origin), ...ask.headers } });
  }

  open(path: string): Promise<GuestReply> {
    return this.ask(path, { headers: navigation });
  }

  post(path: string, value: unknown): Promise<GuestReply> {
    return this.page(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    });
  }

  look(secret = this.secret): Promise<GuestReply> {
    return this.post(`/_gatehouse/join/${this.id}/look`, { secret });
  }

  /** Joins and keeps the cookie. */
  async join(name = 'Ada', ticket: string | null = null, secret = this.secret): Promise<GuestReply> {
    const reply = await this.post(`/_gatehouse/join/${this.id}`, { secret, name, ticket });
    const set = [reply.headers['set-cookie'] ?? []].flat()[0];
    if (set !== undefined) this.cookie = set.split(';')[0] ?? '';
    return reply;
  }

  socket(path: string, protocols: string[] = [], headers: Record<string, string> = {}): WebSocket {
    return new WebSocket(new URL(path, this.origin.replace('https', 'wss')), protocols, {
      ca: this.#authority,
      headers: { cookie: this.cookie, origin: this.origin, ...headers },
    });
  }
}
