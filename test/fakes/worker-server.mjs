/* A server whose parent lives on when its worker dies. It tells in a file which port and process it has; SIGUSR2 starts another worker. */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { renameSync, writeFileSync } from 'node:fs';
import { WebSocketServer } from 'ws';

const [port, file] = process.argv.slice(2);

function startWorker() {
  fork(import.meta.filename, [port, file], { env: { ...process.env, GATEHOUSE_TEST_WORKER: '1' } });
}

if (process.env['GATEHOUSE_TEST_WORKER'] === undefined) {
  process.on('SIGUSR2', startWorker);
  setInterval(() => {}, 60_000);
  startWorker();
} else {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/plain');
    response.end(`ours ${request.url}`);
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, () => {}));
  server.listen(Number(port), '127.0.0.1', () => {
    writeFileSync(`${file}.part`, JSON.stringify({ port: Number(port), worker: process.pid }));
    renameSync(`${file}.part`, file);
  });
}
