import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  askJupyterToStop,
  busyJupyterKernels,
  isProof,
  proofFor,
  proveJupyter,
} from '../../../../src/main/core/profiles/jupyter/jupyter-client.ts';
import type { Upstream } from '../../../../src/main/core/ports.ts';
import { Secret } from '../../../../src/main/core/secret.ts';

const secret = new Secret('s'.repeat(43));
const open: { close: (done: () => void) => unknown }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise<void>(done => server.close(done));
});

function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Upstream> {
  const server = createServer(answer);
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  open.push(server);
  return upstream(portOf(server));
}

function upstream(port: number): Upstream {
  return {
    address: { kind: 'port', port },
    host: 'localhost',
    headers: [['X-Gatehouse-Upstream', secret]],
    withheldCookies: [],
  };
}

const signal = (): AbortSignal => AbortSignal.timeout(5000);

test('a proof fits its nonce and its secret only', () => {
  const proof = proofFor('nonce-1', secret);
  expect(isProof(proof, 'nonce-1', secret)).toBe(true);
  for (const [answer, nonce, key] of [
    [proof, 'nonce-2', secret],
    [proof, 'nonce-1', new Secret('t'.repeat(43))],
    [proof.toUpperCase(), 'nonce-1', secret],
    [`${proof}0`, 'nonce-1', secret],
    ['', 'nonce-1', secret],
    [undefined, 'nonce-1', secret],
    [[proof], 'nonce-1', secret],
  ] as const) {
    expect(isProof(answer, nonce, key)).toBe(false);
  }
});

test('the right answer is ours; each question has a nonce of its own, and the secret in none', async () => {
  const heard: string[] = [];
  const ours = await serve((request, response) => {
    const nonce = String(request.headers['x-gatehouse-nonce']);
    heard.push(nonce, JSON.stringify(request.rawHeaders));
    response.setHeader('X-Gatehouse-Proof', proofFor(nonce, secret)).end();
  });
  expect(await proveJupyter(ours, secret, signal())).toEqual({ kind: 'ours' });
  expect(await proveJupyter(ours, secret, signal())).toEqual({ kind: 'ours' });
  expect(heard[0]).not.toBe(heard[2]);
  expect(heard.join()).not.toContain(secret.reveal());
});

test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
  ['no proof', (_request, response) => response.end('{"version":"2.21.1"}')],
  ['an empty proof', (_request, response) => response.setHeader('X-Gatehouse-Proof', '').end()],
  [
    'the nonce sent back',
    (request, response) =>
      response.setHeader('X-Gatehouse-Proof', String(request.headers['x-gatehouse-nonce'])).end(),
  ],
  [
    'a redirect to ours',
    (_request, response) => response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end(),
  ],
])('a stranger with %s is foreign', async (_name, answer) => {
  expect((await proveJupyter(await serve(answer), secret, signal())).kind).toBe('foreign');
});

test('what does not speak HTTP is foreign; what does not answer is not there yet', async () => {
  const server = createTcpServer(socket => socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n'));
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  open.push(server);
  expect((await proveJupyter(upstream(portOf(server)), secret, signal())).kind).toBe('foreign');
  const nobody: Upstream = { ...upstream(1), address: { kind: 'socket', path: '/nowhere/s' } };
  expect(await proveJupyter(nobody, secret, signal())).toEqual({
    kind: 'not-yet',
    detail: 'Not there yet (ENOENT).',
  });
});

test('busy kernels are counted, and an odd answer is an error', async () => {
  const answers = [
    '[{"execution_state":"busy"},{"execution_state":"idle"},{"id":"x"}]',
    '{"message":"no"}',
    'html',
  ];
  const jupyter = await serve((request, response) => {
    response.statusCode = request.headers['x-gatehouse-upstream'] === secret.reveal() ? 200 : 403;
    response.end(answers.shift());
  });
  expect(await busyJupyterKernels(jupyter, signal())).toBe(1);
  await expect(busyJupyterKernels(jupyter, signal())).rejects.toThrow(/expected array|Invalid input/);
  await expect(busyJupyterKernels(jupyter, signal())).rejects.toThrow(/JSON/);
  await expect(busyJupyterKernels({ ...jupyter, headers: [] }, signal())).rejects.toThrow(/403/);
});

test('the request to stop passes the XSRF check', async () => {
  const heard: IncomingMessage[] = [];
  const jupyter = await serve((request, response) => {
    heard.push(request);
    response.statusCode = heard.length === 1 ? 200 : 403;
    response.end();
  });
  await askJupyterToStop(jupyter, signal());
  const { method, url, headers } = heard[0]!;
  expect([method, url]).toEqual(['POST', '/api/shutdown']);
  expect(headers.cookie).toBe(`_xsrf=${String(headers['x-xsrftoken'])}`);
  await expect(askJupyterToStop(jupyter, signal())).rejects.toThrow(/403/);
});
