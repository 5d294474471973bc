import { randomBytes, randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { ask } from '../../src/main/core/profiles/ask.ts';
import type { Answer } from '../../src/main/core/profiles/ask.ts';
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
  method: 'GET' | 'POST' = 'GET',
): Promise<Answer> {
  const { address, host } = plan.upstream;
  return ask({ address, host, path, headers, method, signal: AbortSignal.timeout(20_000) });
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
  const xsrf = randomBytes(16).toString('hex');
  const headers = { ...secretHeaders(plan), Cookie: `_xsrf=${xsrf}`, 'X-XSRFToken': xsrf };
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
