import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, type ElectronApplication } from '@playwright/test';
import { eventually } from '../support/core.ts';
import { test } from './support/app.ts';

interface Sent {
  readonly url: string;
  readonly token: boolean;
}

/** What leaves the session of a server, after everything that the app does to it. */
async function watchRequests(
  electron: ElectronApplication,
  id: string,
): Promise<() => Promise<readonly Sent[]>> {
  await electron.evaluate(({ session }, server) => {
    const sent: Sent[] = [];
    (globalThis as { sent?: Sent[] }).sent = sent;
    session.fromPartition(`persist:server-${server}`).webRequest.onSendHeaders(({ url, requestHeaders }) => {
      sent.push({
        url,
        token: Object.keys(requestHeaders).some(name => name.toLowerCase() === 'x-gatehouse-token'),
      });
    });
  }, id);
  return () => electron.evaluate(() => (globalThis as { sent?: Sent[] }).sent ?? []);
}

async function watchAnswers(
  electron: ElectronApplication,
  id: string,
): Promise<() => Promise<readonly { readonly url: string; readonly status: number }[]>> {
  await electron.evaluate(({ session }, server) => {
    const answered: { url: string; status: number }[] = [];
    (globalThis as { answered?: typeof answered }).answered = answered;
    const { webRequest } = session.fromPartition(`persist:server-${server}`);
    webRequest.onResponseStarted(({ url, statusCode }) => answered.push({ url, status: statusCode }));
  }, id);
  return () =>
    electron.evaluate(() => (globalThis as { answered?: { url: string; status: number }[] }).answered ?? []);
}

/**
 * Another site: notes what it is sent, and serves a page that attacks the server in every way a frame can.
 */
async function openForeign(target: string): Promise<{ server: Server; url: string; seen: string[] }> {
  const seen: string[] = [];
  const attack = `<img src="${target}/foreign-image">
    <script>
      fetch('${target}/foreign-fetch', { mode: 'no-cors' }).catch(() => 0);
      try { new WebSocket('${target.replace('http', 'ws')}/foreign-socket'); } catch {}
      fetch('${target}/foreign-worker');
      setTimeout(() => document.forms[0].submit(), 300);
      setTimeout(() => { location = '${target}/foreign-navigation'; }, 1200);
    </script>
    <iframe srcdoc="<a download href='${target}/foreign-download'>x</a><script>document.querySelector('a').click()</script>"></iframe>
    <iframe src="${target}/foreign-frame"></iframe>
    <form method="post" action="${target}/foreign-form" target="x"><iframe name="x"></iframe></form>`;
  const server = createServer((request, response) => {
    seen.push(
      `${request.url ?? ''} ${Object.keys(request.headers).join(' ')}`,
      ...Object.values(request.headers).map(String),
    );
    response.setHeader('content-type', 'text/html');
    response.end(request.url === '/frame' ? attack : 'ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}`, seen };
}

test('the token goes with requests of the own page, and never with those of a foreign frame or to a foreign site', async ({
  app,
  core,
}) => {
  const lab = await app.homeWindow.startJupyter();
  const { id } = await core.inState('ready');
  const target = new URL(lab.url()).origin;
  const sent = await watchRequests(app.electron, id);
  const answered = await watchAnswers(app.electron, id);
  const foreign = await openForeign(target);
  try {
    expect(await lab.evaluate(async () => (await fetch('/api/status')).status)).toBe(200);
    await lab.evaluate(async address => {
      await fetch(`${address}/own-to-foreign`, { mode: 'no-cors', headers: {} });
      await fetch(`${address}/planted`, { headers: { 'X-Gatehouse-Token': 'planted' } }).catch(() => 0);
      const worker = new Worker(
        URL.createObjectURL(new Blob([`fetch('${location.origin}/api/me?from=worker')`])),
      );
      (globalThis as { keep?: Worker }).keep = worker;
      const frame = document.createElement('iframe');
      frame.src = `${address}/frame`;
      document.body.append(frame);
    }, foreign.url);
    const names = ['image', 'fetch', 'socket', 'frame', 'form', 'download', 'navigation'].map(
      name => `foreign-${name}`,
    );
    const all = await eventually('every attack', 20_000, async () => {
      const list = await sent();
      return names.every(name => list.some(({ url }) => url.includes(name))) ? list : null;
    });
    for (const { url, token } of all) {
      const isOwn = new URL(url.replace(/^ws/u, 'http')).origin === target && !url.includes('/foreign-');
      expect(token, url).toBe(isOwn);
    }
    expect(all.some(({ url, token }) => url.includes('/api/status') && token)).toBe(true);
    expect(all.some(({ url, token }) => url.includes('from=worker') && token)).toBe(true);
    expect(foreign.seen.some(line => line.startsWith('/own-to-foreign'))).toBe(true);
    const token = await core.token(id);
    expect(foreign.seen.join('\n')).not.toContain(token);
    expect(foreign.seen.filter(line => line.startsWith('/')).join('\n')).not.toContain('x-gatehouse-token');
    // And the gateway let none of the attacks in.
    for (const { url, status } of await answered()) {
      if (url.includes('/foreign-')) expect(status, url).toBeGreaterThanOrEqual(400);
    }
    expect((await answered()).filter(({ url }) => url.includes('/foreign-')).length).toBeGreaterThan(3);
  } finally {
    foreign.server.closeAllConnections();
    foreign.server.close();
  }
});
