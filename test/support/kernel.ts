import { randomBytes, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { ask } from '../../src/main/core/profiles/common/ask.ts';
import type { Answer } from '../../src/main/core/profiles/common/ask.ts';
import type { LaunchPlan } from '../../src/main/core/ports.ts';

/** What the gateway sets on every request. */
export function secretHeaders(plan: LaunchPlan): Record<string, string> {
  return Object.fromEntries(plan.upstream.headers.map(([name, value]) => [name, value.reveal()]));
}

/** Asks the server behind a plan directly. */
export function get(
  plan: LaunchPlan,
  path: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'POST' | 'DELETE' = 'GET',
): Promise<Answer> {
  const { address, host } = plan.upstream;
  return ask({ address, host, path, headers, method, signal: AbortSignal.timeout(20_000) });
}

/** Jupyter compares a cookie with a header; a page knows both, a foreign site neither. */
export function xsrf(): Record<string, string> {
  const value = randomBytes(16).toString('hex');
  return { Cookie: `_xsrf=${value}`, 'X-XSRFToken': value };
}

/** The status with which a WebSocket upgrade is answered; 101 when it is taken. */
export function upgradeStatus(
  plan: LaunchPlan,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const { address, host } = plan.upstream;
  const context =
    address.kind === 'socket' ? { socketPath: address.path } : { host: '127.0.0.1', port: address.port };
  const upgrade = {
    Host: host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
  };
  return new Promise((resolve, reject) => {
    const asked = request({
      ...context,
      path,
      headers: { ...upgrade, ...headers },
      agent: false,
      timeout: 20_000,
    });
    asked.on('error', reject);
    asked.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    asked.on('response', response => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.end();
  });
}

const kernelMessage = z.object({
  parent_header: z.object({ msg_id: z.string().optional() }),
  msg_type: z.string(),
  content: z.object({
    text: z.string().optional(),
    execution_state: z.string().optional(),
    evalue: z.string().optional(),
  }),
});

/** Runs one cell over the kernel's WebSocket and answers what it printed. */
export async function runCell(plan: LaunchPlan, code: string): Promise<string> {
  const headers = { ...secretHeaders(plan), ...xsrf() };
  const made = await get(plan, '/api/kernels', headers, 'POST');
  const kernel = z.object({ id: z.string() }).parse(JSON.parse(made.body));
  const { address } = plan.upstream;
  const path = `/api/kernels/${kernel.id}/channels`;
  const url =
    address.kind === 'socket' ? `ws+unix://${address.path}:${path}` : `ws://127.0.0.1:${address.port}${path}`;
  const socket = new WebSocket(url, {
    headers: { ...secretHeaders(plan), Host: 'localhost', Origin: 'http://localhost' },
  });
  const printed = new Promise<string>((resolve, reject) => {
    const id = randomUUID();
    let printed = '';
    socket.on('error', reject);
    socket.on('open', () =>
      socket.send(
        JSON.stringify({
          channel: 'shell',
          header: { msg_id: id, username: '', session: id, msg_type: 'execute_request', version: '5.3' },
          parent_header: {},
          metadata: {},
          content: { code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false },
        }),
      ),
    );
    socket.on('message', (data: Buffer) => {
      const message = kernelMessage.parse(JSON.parse(data.toString('utf8')));
      if (message.parent_header.msg_id !== id) return;
      if (message.msg_type === 'stream') printed += message.content.text ?? '';
      if (message.msg_type === 'error') reject(new Error(message.content.evalue));
      if (message.msg_type === 'status' && message.content.execution_state === 'idle') resolve(printed);
    });
  });
  return printed.finally(() => socket.terminate());
}
