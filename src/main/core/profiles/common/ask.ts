import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { requestTo } from '../../loopback.ts';
import type { Address } from '../../ports.ts';

export interface Question {
  readonly address: Address;
  /** `Host` as the server wants it; without a port. */
  readonly host: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** More than any status answer needs; whatever answers on a guessed port must not fill our memory. */
const maxBodyBytes = 1024 * 1024;

/**
 * Asks a server one question over its socket or loopback port, on a connection of its own. Rejects when
 * nothing answers.
 */
export function ask(question: Question): Promise<Answer> {
  const { address, host, method = 'GET', path, headers, signal } = question;
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...requestTo(address),
        method,
        path,
        headers: { ...headers, Host: host },
        agent: false,
        signal,
        insecureHTTPParser: false,
      },
      response => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size > maxBodyBytes) response.destroy(new Error('The answer is too long.'));
          else parts.push(part);
        });
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(parts).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}
