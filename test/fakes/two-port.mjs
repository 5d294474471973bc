/*
 * A stand-in for Net.Create, which cannot be installed from a registry: the same shape, none of its code. A
 * page on --port with the address of a raw WebSocket server on --netport written into it, a script that dials
 * `ws://` + address + `:` + port, whole JSON packets, no credential anywhere, and both ports on every address
 * of the computer. Who is an administrator is decided in the page, as the release that `globalThis.release`
 * names does it.
 */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const option = (name, otherwise) =>
  process.argv.find(argument => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
const port = Number(option('port', '3000'));
const netport = option('netport', '2929');
const address = option('ip', '127.0.0.1');

const release = globalThis.release ?? 2023;

const page = client => `<!DOCTYPE html>
<html lang="en">
  <head><title>Stand-in</title></head>
  <body>
    <p>The socket is at ${address}:${netport}, says this sentence.</p>
    <script>
      window.NC_UNISYS = {
        client: ${release < 2024 ? `{ ip: '${client}' }` : `{\n          ip: '${client}',\n          ukey: 'x'\n        }`},
        server: { hostname: 'lab', ip: '192.0.2.1' },
        socket: {
          uaddr: '${address}',
          uport: '${netport}'
        }
      };
    </script>
    <script src="/scripts/netc-app.js"></script>
  </body>
</html>
`;

const isAdmin =
  release < 2024
    ? `SETTINGS.EJSProp('client').ip === '127.0.0.1' || location.href.includes('admin=true')`
    : `SETTINGS.EJSProp("client").ip.endsWith("127.0.0.1") && location.href.includes("admin=true")`;

const script = `"use strict";
var SETTINGS = { EJSProp: name => window.NC_UNISYS[name] };
if (${isAdmin}) document.body.append("Edit Template");
var NETSOCK = window.NC_UNISYS.socket;
NETSOCK.ws = new WebSocket("ws://".concat(NETSOCK.uaddr, ":").concat(NETSOCK.uport));
NETSOCK.ws.addEventListener("message", function (event) {
  document.title = event.data;
});
`;

createServer((request, response) => {
  const headers = { 'Access-Control-Allow-Origin': '*', 'X-Powered-By': 'Express' };
  const [type, body] =
    request.url === '/'
      ? ['text/html; charset=utf-8', page(request.socket.remoteAddress)]
      : request.url === '/scripts/netc-app.js'
        ? ['application/javascript; charset=UTF-8', script]
        : request.url === '/plain'
          ? ['text/plain', `uport: '${netport}'`]
          : [null, ''];
  if (type === null) {
    response.writeHead(404).end('Cannot GET');
    return;
  }
  const etag = `"${body.length}"`;
  if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
  else
    response
      .writeHead(200, {
        ...headers,
        'Content-Type': type,
        'Content-Length': Buffer.byteLength(body),
        ETag: etag,
      })
      .end(body);
}).listen(port);

let people = 0;
const network = new WebSocketServer({ port: Number(netport) });
network.on('connection', socket => {
  people += 1;
  socket.send(JSON.stringify({ HELLO: 'Welcome', UADDR: `UADDR_${people}` }));
  socket.on('message', data => {
    const packet = JSON.parse(Buffer.isBuffer(data) ? data.toString('utf8') : '');
    for (const client of network.clients) client.send(JSON.stringify({ ...packet, heard: true }));
  });
});
