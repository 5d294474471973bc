/*
 * What a guest's browser makes of our authority, installed as the certificate page asks for and not
 * installed. Needs Chromium and certutil.
 */
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../../src/main/core/secret.ts';
import {
  asWritten,
  exportAuthority,
  makeAuthority,
  type Authority,
} from '../../../src/main/core/share/certificate/authority.ts';
import { writeLeaf } from '../../../src/main/core/share/certificate/certificate-writer.ts';
import { keyFromDer } from '../../../src/main/core/share/certificate/key-match.ts';
import { hostNames, type HostNames } from '../../../src/main/core/share/network/host-names.ts';
import { tlsOptions } from '../../../src/main/core/share/certificate/tls-options.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const certutil = 'certutil';
/** In CI a component that is missing is a failure, not a test left out. */
const mayLeaveOut =
  process.env['CI'] !== 'true' &&
  !(existsSync(executablePath) && spawnSync(certutil, ['-H']).error === undefined);

const home = hostNames(['hal.local', 'lab-pc7', 'localhost'], ['127.0.0.1']);
const servers: Server[] = [];
let folder = '';
let authority: Authority;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-guest-'));
  authority = await makeAuthority(home, Date.now());
});

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true });
});

/** A server with a certificate of the authority for whatever names; its port. */
async function serve(names: HostNames): Promise<number> {
  const period = { from: Date.now() - 1000, to: Date.now() + 86_400_000 };
  const leaf = await writeLeaf({ authority: asWritten(authority), commonName: 'x', host: names, period });
  const key = keyFromDer(leaf.key.reveal()).export({ format: 'pem', type: 'pkcs8' }).toString();
  const chain = new X509Certificate(leaf.certificate).toString();
  const page =
    '<script>addEventListener("load", () => { document.title = String(isSecureContext) })</script>';
  const server = createServer(tlsOptions({ chain, key: new Secret(key) }), ({ url }, response) => {
    const isWorker = url === '/worker.js';
    response.setHeader('Content-Type', isWorker ? 'text/javascript' : 'text/html');
    response.end(isWorker ? '' : page);
  });
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

async function guest(name: string, installed: boolean): Promise<BrowserContext> {
  const person = join(folder, name);
  const store = join(person, '.pki', 'nssdb');
  await mkdir(store, { recursive: true });
  const database = `sql:${store}`;
  expect(spawnSync(certutil, ['-d', database, '-N', '--empty-password']).status).toBe(0);
  await writeFile(join(person, 'ca.pem'), exportAuthority(authority).pem);
  const add = ['-d', database, '-A', '-t', 'C,,', '-n', 'Gatehouse', '-i', join(person, 'ca.pem')];
  if (installed) expect(spawnSync(certutil, add).status).toBe(0);
  return chromium.launchPersistentContext(join(person, 'profile'), {
    executablePath,
    args: ['--no-sandbox', '--host-resolver-rules=MAP * 127.0.0.1'],
    env: { ...process.env, HOME: person },
  });
}

/** `open`, or the browser's own word for why not. */
async function visit(context: BrowserContext, url: string): Promise<string> {
  const page = await context.newPage();
  const outcome = await page.goto(url).then(
    () => 'open',
    (error: Error) => /ERR_\w+/.exec(error.message)?.[0] ?? error.message,
  );
  await page.close();
  return outcome;
}

test.skipIf(mayLeaveOut)(
  'a guest who installed the authority comes in, and a service worker registers',
  async () => {
    const port = await serve(home);
    await using context = await guest('installed', true);
    for (const name of ['hal.local', 'lab-pc7', 'localhost', '127.0.0.1']) {
      expect(await visit(context, `https://${name}:${port}/`), name).toBe('open');
    }
    const page = await context.newPage();
    await page.goto(`https://hal.local:${port}/`);
    const scope = await page.evaluate(
      async () => (await navigator.serviceWorker.register('/worker.js')).scope,
    );
    expect(scope).toBe(`https://hal.local:${port}/`);

    // The key is stolen, and the thief stands in the guest's network.
    const constrained = 'ERR_CERT_';
    for (const names of [
      hostNames(['example.com'], []),
      hostNames(['example.com', 'hal.local'], ['127.0.0.1']),
    ]) {
      const stolen = await serve(names);
      expect(await visit(context, `https://example.com:${stolen}/`)).toContain(constrained);
      expect(await visit(context, `https://hal.local:${stolen}/`)).toContain(constrained);
    }
  },
);

test.skipIf(mayLeaveOut)('a guest who did not is warned', async () => {
  const port = await serve(home);
  await using context = await guest('plain', false);
  expect(await visit(context, `https://hal.local:${port}/`)).toBe('ERR_CERT_AUTHORITY_INVALID');
});
