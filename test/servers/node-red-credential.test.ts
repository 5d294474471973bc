/*
 * The attack: a flow, or the code of a package, hands on or shows the headers of a request (a proxy, a page
 * that helps to find a fault), and the secret by which Gatehouse is let in is among them. Whoever reads it
 * there deploys a flow past the gateway.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { roleSecret } from '../../src/main/core/profiles/common/role-secret.ts';
import { Secret } from '../../src/main/core/secret.ts';
import { eventually } from '../support/core.ts';
import type { GuestClient } from '../support/guest.ts';
import { openServer, type RealServer } from '../support/real-share.ts';
import { nodeServer } from '../support/server-packages.ts';
import { heardBy, opened } from '../support/sockets.ts';

const all = `({ headers: { ...req.headers }, raw: req.rawHeaders, distinct: req.headersDistinct, symbols: Object.getOwnPropertySymbols(req).map(name => req[name]) })`;

/** Tells every way in which a package of Node-RED is asked what it was asked with. */
const packageNode = `
const { Server } = require('ws');
const seen = req => require('node:util').inspect(${all}, { depth: 3, maxArrayLength: null, maxStringLength: null, showHidden: false });
module.exports = RED => {
  RED.nodes.registerType('teller', function (config) { RED.nodes.createNode(this, config); });
  RED.httpNode.get('/package-node', (req, res) => res.send(seen(req)));
  RED.httpAdmin.get('/package-admin', RED.auth.needsPermission('flows.write'), (req, res) => res.send(seen(req)));
  RED.httpAdmin.get('/package-open', (req, res) => res.send(seen(req)));
  const sockets = new Server({ noServer: true });
  RED.server.on('upgrade', (req, socket, head) => {
    if (req.url !== '/package-socket') return;
    sockets.handleUpgrade(req, socket, head, client => client.send(seen(req)));
  });
};`;

const flows = [
  { id: 'f1', type: 'tab', label: 'Tells' },
  { id: 'in1', type: 'http in', z: 'f1', url: '/flow', method: 'get', wires: [['fn1']] },
  {
    id: 'fn1',
    type: 'function',
    z: 'f1',
    func: `const req = msg.req; msg.payload = JSON.stringify(${all}); return msg;`,
    wires: [['out1']],
  },
  { id: 'out1', type: 'http response', z: 'f1', wires: [] },
];

let server: RealServer;
let full: GuestClient;
let viewer: GuestClient;

beforeAll(async () => {
  const modules = join(await nodeServer('node-red'), 'node_modules');
  const path = `${join(modules, '.bin')}:${dirname(process.execPath)}:/usr/bin:/bin`;
  server = await openServer({ PATH: path }, ['node-red'], async home => {
    const own = join(home.folder, '.node-red');
    await mkdir(join(own, 'nodes'), { recursive: true });
    await writeFile(join(own, 'flows.json'), JSON.stringify(flows));
    const program = packageNode.replace("'ws'", JSON.stringify(join(modules, 'ws')));
    await writeFile(join(own, 'nodes', 'teller.js'), program);
    await writeFile(join(own, 'nodes', 'teller.html'), '<script data-template-name="teller"></script>');
  });
  full = await server.guest('full');
  viewer = await server.guest('viewer');
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const asOwner = (): { authorization: string } => ({ authorization: `Bearer ${server.token}` });

/** It was told of a request of ours, and by what Gatehouse is let in was not in it. */
function expectNoCredential(told: string): void {
  expect(told).toContain('x-forwarded-for');
  const text = told.toLowerCase();
  for (const secret of [server.secret, roleSecret(new Secret(server.secret), 'viewer').reveal()]) {
    expect(text.includes(secret.toLowerCase())).toBe(false);
  }
  expect(text).not.toContain('x-gatehouse-upstream');
}

describe.each(['flow', 'package-node', 'package-admin', 'package-open'])('/%s', path => {
  test("is not told the credential by the owner's request, nor by that of a guest", async () => {
    const owners = await fetch(server.url + path, { headers: asOwner() });
    expect(owners.status).toBe(200);
    expectNoCredential(await owners.text());
    const guests = await full.page(`/${path}`);
    expect(guests.status).toBe(200);
    expectNoCredential(guests.body);
  });
});

test('a package that takes WebSockets is not told the credential', async () => {
  const url = `${server.url.replace('http', 'ws')}package-socket`;
  for (const open of [
    () => new WebSocket(url, { headers: asOwner() }),
    () => full.socket('/package-socket'),
  ]) {
    const socket = open();
    const heard = heardBy(socket);
    expect(await opened(socket)).toBe(101);
    await eventually('it tells', 10_000, async () => heard() !== '');
    expectNoCredential(heard());
    socket.close();
  }
});

test('the editor still knows who asks: the owner, and a viewer who may only read', async () => {
  const settings = await fetch(`${server.url}settings`, { headers: asOwner() });
  expect(await settings.json()).toMatchObject({ user: { permissions: '*' } });
  expect(JSON.parse((await viewer.page('/settings')).body)).toMatchObject({ user: { permissions: 'read' } });
  const deployed = await fetch(`${server.url}flows`, {
    method: 'POST',
    headers: { ...asOwner(), 'content-type': 'application/json' },
    body: JSON.stringify(flows),
  });
  expect(deployed.status).toBe(204);
});
