/**
 * Serves our own pages as `gatehouse://app/...`, in our own session only: the page of a server cannot even
 * name them.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Session } from 'electron/main';
import { ownFile, ownHeaders, ownScheme } from './app-pages.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type OlderRespond = (response: {
  statusCode: number;
  mimeType: string;
  headers: Readonly<Record<string, string>>;
  data: Buffer;
}) => void;

/** What Electron before version 25 has instead of `handle`. */
interface OlderProtocol {
  registerBufferProtocol(
    scheme: string,
    handler: (request: { readonly url: string }, respond: OlderRespond) => void,
  ): boolean;
}

export function serveOwnPages(session: Session, folder: string): void {
  if ('handle' in session.protocol) {
    session.protocol.handle(ownScheme, async request => {
      const { status, headers, body } = await answer(folder, request.url);
      return new Response(new Uint8Array(body), { status, headers });
    });
    return;
  }
  // The types are those of the Electron that is shipped; the tests run on an older one.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const older = session.protocol as OlderProtocol;
  older.registerBufferProtocol(
    ownScheme,
    (request, respond) => void answerOlder(folder, request.url, respond),
  );
}

async function answerOlder(folder: string, address: string, respond: OlderRespond): Promise<void> {
  const { status, headers, body } = await answer(folder, address);
  const mimeType = (headers['Content-Type'] ?? 'text/plain').split(';', 1).join('');
  respond({ statusCode: status, mimeType, headers, data: body });
}

async function answer(folder: string, address: string): Promise<Answer> {
  const file = ownFile(address);
  const body = file === null ? null : await readFile(path.join(folder, file.name)).catch(() => null);
  if (file === null || body === null) {
    return {
      status: 404,
      headers: { ...ownHeaders, 'Content-Type': 'text/plain' },
      body: Buffer.from('There is no such page.'),
    };
  }
  return { status: 200, headers: { ...ownHeaders, 'Content-Type': file.type }, body };
}
