import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { request } from 'node:http';
import type { LaunchPlan } from '../../src/main/core/ports.ts';
import { secretHeaders, xsrf } from './kernel.ts';

const messageSchema = z.object({
  channel: z.string().optional(),
  parent_header: z.object({ msg_id: z.string().optional() }),
  msg_type: z.string(),
  content: z.object({
    text: z.string().optional(),
    execution_state: z.string().optional(),
    evalue: z.string().optional(),
  }),
});
type Message = z.infer<typeof messageSchema>;

/** The channels of one kernel, as a page has them. */
export interface Kernel {
  /** Asks, and waits for the reply. */
  ask(channel: 'shell' | 'control', type: string, content: object): Promise<Message>;
  /** Runs a cell and answers what it printed. */
  run(code: string): Promise<string>;
  close(): void;
}

/** Opens a document as the page does (`POST /api/sessions`) and connects to its kernel. */
export async function openKernel(plan: LaunchPlan, session: object): Promise<Kernel> {
  const made = await post(plan, '/api/sessions', { name: '', ...session });
  const { kernel } = z.object({ kernel: z.object({ id: z.string() }) }).parse(JSON.parse(made));
  const socket = await openSocket(plan, `/api/kernels/${kernel.id}/channels`);
  const send = (channel: string, type: string, content: object): string => {
    const id = randomUUID();
    const header = { msg_id: id, username: '', session: id, msg_type: type, version: '5.3' };
    socket.send(JSON.stringify({ channel, header, parent_header: {}, metadata: {}, content }));
    return id;
  };
  const until = (id: string, isLast: (message: Message) => boolean): Promise<readonly Message[]> =>
    new Promise((resolve, reject) => {
      const seen: Message[] = [];
      socket.once('close', () => reject(new Error('The kernel is gone.')));
      socket.on('message', (data: Buffer) => {
        const message = messageSchema.parse(JSON.parse(data.toString('utf8')));
        if (message.parent_header.msg_id !== id) return;
        seen.push(message);
        if (isLast(message)) resolve(seen);
      });
    });
  return {
    ask: async (channel, type, content) => {
      const reply = type.replace(/request$/, 'reply');
      const seen = await until(send(channel, type, content), ({ msg_type: type }) => type === reply);
      return seen.at(-1)!;
    },
    run: async code => {
      const options = { silent: false, store_history: false, user_expressions: {}, allow_stdin: false };
      const id = send('shell', 'execute_request', { code, ...options });
      const seen = await until(id, ({ content }) => content.execution_state === 'idle');
      const failed = seen.find(({ msg_type: type }) => type === 'error');
      if (failed !== undefined) throw new Error(failed.content.evalue);
      return seen.map(({ msg_type: type, content }) => (type === 'stream' ? content.text : '')).join('');
    },
    close: () => socket.terminate(),
  };
}

function post(plan: LaunchPlan, path: string, body: object): Promise<string> {
  const { address, host } = plan.upstream;
  const context =
    address.kind === 'socket' ? { socketPath: address.path } : { host: '127.0.0.1', port: address.port };
  const headers = { Host: host, 'Content-Type': 'application/json', ...secretHeaders(plan), ...xsrf() };
  return new Promise((resolve, reject) => {
    const asked = request({ ...context, path, method: 'POST', headers, agent: false, timeout: 60_000 });
    asked.on('error', reject);
    asked.on('response', response => {
      let text = '';
      response.on('data', part => (text += String(part)));
      response.on('end', () =>
        response.statusCode === 201 ? resolve(text) : reject(new Error(`${response.statusCode}: ${text}`)),
      );
    });
    asked.end(JSON.stringify(body));
  });
}

/** A WebSocket of the server, opened as its page does. */
export async function openSocket(plan: LaunchPlan, path: string): Promise<WebSocket> {
  const { address } = plan.upstream;
  const url =
    address.kind === 'socket' ? `ws+unix://${address.path}:${path}` : `ws://127.0.0.1:${address.port}${path}`;
  const headers = { ...secretHeaders(plan), Host: 'localhost', Origin: 'http://localhost' };
  const socket = new WebSocket(url, { headers });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}
