/**
 * A service worker answers for the server: one whose scope is the whole origin reads the code of a sign-in
 * link and shows its own login page. Its scope is the folder of its script and below, unless
 * `Service-Worker-Allowed` widens it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attacks } from '../support/attacks.ts';
import { ask, openRoom, owner, type Room } from '../support/gateway.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom({
    listener: (_incoming, response) => {
      response.setHeader('Service-Worker-Allowed', '/');
      response.setHeader('Clear-Site-Data', '"*"');
      response.end('worker');
    },
  });
});
afterAll(() => room.close());

const asked: Record<string, string>[] = [
  { 'Service-Worker': 'script' },
  { 'service-worker': 'SCRIPT' },
  { 'Sec-Fetch-Dest': 'serviceworker' },
  { 'Service-Worker': 'script', 'Sec-Fetch-Dest': 'serviceworker', 'Sec-Fetch-Site': 'same-origin' },
];

test.each(attacks('service-workers.txt'))('no worker from %s', async path => {
  for (const headers of asked) {
    const reply = await ask(room, path, { headers: { ...owner, ...headers } });
    expect([headers, reply.status]).toEqual([headers, 403]);
    expect(reply.body).toContain('service worker');
  }
  // The same file as a page or a script is nobody's worker.
  expect((await ask(room, path, { headers: owner })).status).toBe(200);
});

test.each([
  '/static/sw.js',
  '/lab/extensions/a/service-worker.js',
  '/stable-1a2b3c/static/out/vs/workbench/contrib/webview/browser/pre/service-worker.js?v=4',
  '/_static/out/browser/serviceWorker.js',
  '/_/sw.js',
  '/_gatehouses/sw.js',
])('a worker of its own folder: %s', async path => {
  for (const headers of asked) {
    const reply = await ask(room, path, { headers: { ...owner, ...headers } });
    expect(reply.status).toBe(200);
    expect(reply.headers['service-worker-allowed']).toBeUndefined();
    expect(reply.headers['clear-site-data']).toBeUndefined();
  }
});

test('without a right to be here the answer is that, and no more', async () => {
  const reply = await ask(room, '/sw.js', { headers: { 'Service-Worker': 'script' } });
  expect(reply.status).toBe(401);
});
