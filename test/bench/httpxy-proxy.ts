/*
 * httpxy as its documentation uses it, with an agent that keeps connections. Arguments: own port, port of the
 * server behind.
 */
import { Agent, createServer } from 'node:http';
import { createProxyServer } from 'httpxy';

const [port, behind] = process.argv.slice(2).map(Number);
const proxy = createProxyServer({
  target: `http://127.0.0.1:${behind}`,
  agent: new Agent({ keepAlive: true, maxSockets: 256 }),
});
createServer((request, response) => {
  proxy.web(request, response).catch(() => response.destroy());
}).listen(port, '127.0.0.1');
