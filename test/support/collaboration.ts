/* A real JupyterLab with jupyter-collaboration, and rooms in it as a client enters them. */
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { readAwareness } from '../../src/main/core/profiles/jupyter/roles/awareness.ts';
import { jupyterRoles } from '../../src/main/core/profiles/jupyter/roles/jupyter-roles.ts';
import { VarReader, varBytes, varNumber } from '../../src/main/core/profiles/jupyter/roles/varint.ts';
import { cleanUp, expectOurs, start, type Place } from './jupyter-run.ts';
import { otherEnvironment } from './jupyter.ts';
import { openRoleProxy, type RoleProxy } from './role-proxy.ts';

export interface Collaboration {
  readonly context: Place;
  readonly viewer: RoleProxy;
  readonly owner: RoleProxy;
}

export async function openCollaboration(): Promise<Collaboration> {
  const interpreter = await otherEnvironment('test-jupyter-collaboration');
  const { plan, context, running } = await start({ interpreter });
  await expectOurs(running);
  const viewer = await openRoleProxy(plan, jupyterRoles, 'viewer');
  const owner = await openRoleProxy(plan, jupyterRoles, 'full');
  cleanUp(() => viewer.close());
  cleanUp(() => owner.close());
  return { context, viewer, owner };
}

export interface Room {
  readonly name: string;
  readonly received: Buffer[];
  send(message: Buffer): void;
  /** The document as the server has it now: every message sent before has been dealt with. */
  document(): Promise<string>;
}

/** Opens a file's room as a client does: asks for its number, then connects. */
export async function enterFile(
  proxy: RoleProxy,
  path: string,
  type = 'file',
  format = 'text',
): Promise<Room> {
  const answer = await fetch(`${proxy.url}api/collaboration/session/${path}`, {
    method: 'PUT',
    body: JSON.stringify({ format, type }),
  });
  expect([200, 201]).toContain(answer.status);
  const { fileId, sessionId } = z
    .object({ fileId: z.string(), sessionId: z.string() })
    .parse(await answer.json());
  return enter(proxy, `${format}:${type}:${fileId}`, `?sessionId=${sessionId}`);
}

export async function enter(proxy: RoleProxy, name: string, query = ''): Promise<Room> {
  const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}api/collaboration/room/${name}${query}`);
  cleanUp(async () => socket.terminate());
  const received: Buffer[] = [];
  socket.on('message', (data: Buffer) => received.push(data));
  await new Promise((done, failed) => socket.on('open', done).on('error', failed));
  await expect.poll(() => received.length, { timeout: 20_000 }).toBeGreaterThan(0);
  const answers = (): Buffer[] => received.filter(data => data[0] === 0 && data[1] === 1);
  return {
    name,
    received,
    send: message => socket.send(message),
    document: async () => {
      const before = answers().length;
      socket.send(Buffer.from([0, 0, 1, 0]));
      await expect.poll(() => answers().length, { timeout: 20_000 }).toBeGreaterThan(before);
      return answers().at(-1)?.toString('utf8') ?? '';
    },
  };
}

/** A Yjs update: a new client writes this text at the start of the shared text `source`. */
export function typing(client: number, text: string): Buffer {
  return Buffer.concat([
    Buffer.from([1, 1]),
    varNumber(client),
    Buffer.from([0, 4, 1]),
    varBytes(Buffer.from('source')),
    varBytes(Buffer.from(text)),
    Buffer.from([0]),
  ]);
}

export const message = (kind: number, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0, kind]), varBytes(data)]);
export const saveNow = Buffer.concat([Buffer.from([2]), varBytes(Buffer.from('save')), varNumber(7)]);

export function presence(id: number, clock: number, state: unknown): Buffer {
  const entry = Buffer.concat([
    varNumber(id),
    varNumber(clock),
    varBytes(Buffer.from(JSON.stringify(state))),
  ]);
  return Buffer.concat([Buffer.from([1]), varBytes(Buffer.concat([varNumber(1), entry]))]);
}

export function statesIn(received: readonly Buffer[]): { id: number; state: unknown }[] {
  return received
    .filter(data => data[0] === 1)
    .flatMap(data => readAwareness(new VarReader(data.subarray(1)).bytes() ?? Buffer.alloc(0)) ?? []);
}
