/* Streamlit as PyPI has it, through both doors by its own page and its own protocol. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { toolUrl } from '../support/core.ts';
import {
  openWithout,
  telling,
  listensOn,
  leftOver,
  guestOf,
  inBrowser,
  openApp,
  upgradeStatus,
} from '../support/app.ts';
import type { Shared } from '../support/shared.ts';

const app = `
import streamlit as st
if st.button("Count"):
    st.session_state.n = st.session_state.get("n", 0) + 1
st.write(f"answer {42 * st.session_state.get('n', 0)}")
st.write(f"user {dict(st.user)}")
file = st.file_uploader("Data")
if file:
    st.write(f"{file.name} has {len(file.getvalue())} bytes")
`;

/** Everything of a configuration that would open the app, or move it from where the door looks for it. */
const hostile = `
[server]
address = "0.0.0.0"
port = 9999
baseUrlPath = "elsewhere"
enableCORS = false
enableXsrfProtection = false
trustedUserHeaders = {X-Name = "name"}
sslCertFile = "/nowhere/cert.pem"
sslKeyFile = "/nowhere/key.pem"
`;

let shared: Shared;
let port: number;
let reach: readonly string[];

beforeAll(async () => {
  shared = await openApp(
    'streamlit',
    {
      'app.py': app,
      '.streamlit/config.toml': hostile,
      // A module that a downloaded folder might bring.
      'random.py': 'open("ran", "w").close()\nraise SystemExit("hijacked")\n',
    },
    ['app.py'],
  );
  ({ port, reach } = await listensOn(shared, /--server\.port=(\d+)/));
});
afterAll(() => shared?.close());

test('it is found, and started without a secret that others can see', async () => {
  expect(shared.served.server.title).toMatch(/^Streamlit 1\.\d+/);
  expect(reach).toEqual(['loopback']);
  expect(await telling(shared)).toEqual([]);
});

test('nobody without a credential gets past a door', async () => {
  expect(
    await openWithout(shared, ['/', '/_stcore/health', '/_stcore/host-config'], ['/_stcore/stream']),
  ).toEqual([]);
});

test('its own check of origins stays on, whatever is configured, and ours is before it', async () => {
  const dial = (origin: string): Promise<number> =>
    upgradeStatus(new WebSocket(`ws://127.0.0.1:${port}/_stcore/stream`, { headers: { origin } }));
  expect([await dial(`http://127.0.0.1:${port}`), await dial('http://evil.example')]).toEqual([101, 403]);
  const guest = await guestOf(shared);
  const foreign = guest.socket('/_stcore/stream', ['streamlit'], { origin: 'https://evil.example' });
  expect(await upgradeStatus(foreign)).toBe(403);
  expect(await upgradeStatus(guest.socket('/_stcore/stream', ['streamlit']))).toBe(101);
});

test("its page works at the owner's door: the WebSocket, a click, and an upload that its own XSRF token guards", async () => {
  await inBrowser(shared, async page => {
    await page.getByText('answer 0').waitFor();
    await page.getByRole('button', { name: 'Count' }).click();
    await page.getByText('answer 42').waitFor();
    const file = { name: 'data.csv', mimeType: 'text/csv', buffer: Buffer.from('6,7\n') };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('data.csv has 4 bytes').waitFor();
    expect(await page.getByText('user {').textContent()).not.toContain('name');
  });
});

test('an upload without its XSRF token is refused by the app behind the door', async () => {
  const authorization = `Bearer ${await shared.served.token()}`;
  const url = new URL('/_stcore/upload_file/session/file', toolUrl(shared.served.server));
  const answer = await fetch(url, { method: 'PUT', headers: { authorization }, body: 'x' });
  expect(answer.status).toBe(403);
});

test('a guest gets its page; there is no role that only looks', async () => {
  const page = await (await guestOf(shared)).open('/');
  expect([page.status, page.body]).toEqual([200, expect.stringContaining('<title>Streamlit</title>')]);
  await expect(shared.share({ role: 'viewer' })).rejects.toThrow(/viewing cannot be told from acting/);
});

test('it is stopped without a trace', async () => {
  expect(await leftOver(shared)).toEqual([]);
});
