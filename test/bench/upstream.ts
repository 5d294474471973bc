/*
 * The server behind every proxy of the benchmark: 35 bytes at /small, 1 MiB at /large, an echo on every
 * WebSocket. Listens on the port or socket it is told.
 */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const small = Buffer.from(JSON.stringify({ answer: 'x'.repeat(22) }));
const large = Buffer.alloc(1024 * 1024, 'x');
const [address = '0'] = process.argv.slice(2);

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const body = request.url === '/large' ? large : small;
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
});
const echo = new WebSocketServer({ server, perMessageDeflate: false });
echo.on('connection', client => {
  client.on('message', (data, binary) => client.send(data, { binary }));
});
if (/^\d+$/.test(address)) server.listen(Number(address), '127.0.0.1');
else server.listen(address);
