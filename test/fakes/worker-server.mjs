/*
 * A server whose parent lives on when its worker dies. It tells in a file which port and process it has;
 * SIGUSR2 starts another worker. With a second port its worker listens on that too, until SIGUSR2.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { renameSync, writeFileSync } from 'node:fs';
import { WebSocketServer } from 'ws';

const [port, file, second] = process.argv.slice(2);

function startWorker() {
  fork(import.meta.filename, process.argv.slice(2), { env: { ...process.env, GATEHOUSE_TEST_WORKER: '1' } });
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
  if (second !== undefined) {
    const exchanges = new WebSocketServer({ host: '127.0.0.1', port: Number(second) });
    exchanges.on('connection', socket => socket.send('ours'));
    await once(exchanges, 'listening');
    process.on('SIGUSR2', () => {
      for (const client of exchanges.clients) client.terminate();
      exchanges.close();
    });
  }
  server.listen(Number(port), '127.0.0.1', () => {
    writeFileSync(
      `${file}.part`,
      JSON.stringify({ port: Number(port), second: Number(second), worker: process.pid }),
    );
    renameSync(`${file}.part`, file);
  });
}
