/*
 * A server of somebody's own for tests: below a base path, with a second port for WebSockets that its page
 * names, a health page, a stop request, and everything else that it is asked for done without a question.
 * argv: port, second port, base.
 */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const [port, second, base] = process.argv.slice(2);
let warm = 0;

const page = `<html><script>dial({ host: '127.0.0.1', port: '${second}' })</script></html>`;

const server = createServer((request, response) => {
  const path = request.url.split('?')[0];
  const say = (type, body) => response.writeHead(200, { 'Content-Type': type }).end(body);
  request.resume();
  if (path === `${base}health`) {
    warm += 1;
    say('text/plain', warm < 3 ? 'warming' : 'all up');
  } else if (path === `${base}stop` && request.method === 'POST') {
    say('text/plain', 'bye');
    console.log(`stopped by request, site ${String(request.headers['x-site'])}`);
    response.on('finish', () => process.exit(0));
  } else if (path === base) say('text/html', page);
  else if (path.startsWith(base))
    say(
      'application/json',
      JSON.stringify({ done: `${request.method} ${request.url}`, site: request.headers['x-site'] }),
    );
  else response.writeHead(404).end();
}).listen(Number(port), '127.0.0.1');
new WebSocketServer({ server, path: `${base}events` }).on('connection', socket => socket.send('events'));
new WebSocketServer({ port: Number(second), host: '127.0.0.1' }).on('connection', socket =>
  socket.send('second'),
);
