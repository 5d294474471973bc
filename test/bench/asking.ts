/*
 * Requests as a browser's: the Host may be `*.localhost`, which not every system resolves, so the connection
 * goes to 127.0.0.1.
 */
import { request, type IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
}

export type Headers = Readonly<Record<string, string>>;

export function ask(url: string, headers: Headers = {}): Promise<Answer> {
  const { port, pathname, search, host } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asked = request(
    { host: '127.0.0.1', port, path: pathname + search, headers: { host, ...headers }, agent: false },
    response => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes }),
      );
    },
  );
  asked.on('error', reject);
  asked.end();
  return promise;
}

/** Asks until the answer is 200. */
export async function untilAnswered(
  url: string,
  headers: Headers,
  limitMs: number,
  said: () => string,
): Promise<Answer> {
  const deadline = performance.now() + limitMs;
  let last = 'nothing';
  while (performance.now() < deadline) {
    const answer = await ask(url, headers).catch((error: unknown) => String(error));
    if (typeof answer !== 'string' && answer.status === 200) return answer;
    last = typeof answer === 'string' ? answer : String(answer.status);
    await delay(10);
  }
  throw new Error(`Port ${new URL(url).port} gave no 200 within ${limitMs} ms (last: ${last}). ${said()}`);
}

/** Signs in by a one-time link, as a browser does; answers the headers of the requests after it. */
export async function signIn(link: string): Promise<Headers> {
  const { host } = new URL(link);
  const answer = await ask(link, {
    accept: 'text/html',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    cookie: 'gatehouse-probe=1',
  });
  const [cookie] = answer.headers['set-cookie'] ?? [];
  if (answer.status !== 303 || cookie === undefined)
    throw new Error(`The link signed nobody in: ${answer.status}`);
  return { Host: host, Cookie: cookie.split(';', 1)[0] ?? '' };
}
