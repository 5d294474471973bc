/*
 * Gradio as PyPI has it: a file that launches itself, through both doors by its own page and its own
 * protocol.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWithout, telling, listensOn, leftOver, guestOf, inBrowser, openApp } from '../support/app.ts';
import { eventually } from '../support/core.ts';
import type { Shared } from '../support/shared.ts';

const app = (launch: string): string => `
import gradio as gr
with gr.Blocks() as demo:
    number = gr.Number(value=6, label="Number")
    answer = gr.Textbox(label="Answer")
    gr.Button("Ask").click(lambda n: f"answer {int(n) * 7}", number, answer, api_name="ask")
demo.launch(${launch})
`;

let shared: Shared;

beforeAll(async () => {
  // A script that asks for a public link gets none.
  shared = await openApp('gradio', { 'app.py': app('share=True') }, ['app.py']);
});
afterAll(() => shared?.close());

test('it is found, and started on loopback without a secret that others can see', async () => {
  expect(shared.served.server.title).toMatch(/^Gradio 6\.\d+/);
  expect((await listensOn(shared, /GRADIO_SERVER_PORT=(\d+)/)).reach).toEqual(['loopback']);
  expect(await telling(shared)).toEqual([]);
});

test('a public link that its script asks for is asked of nobody', async () => {
  const said = await eventually('the end of the attempt', 60_000, async () => {
    const lines = await shared.core.call('server.logs', shared.served.server.id, { lines: 1000 });
    const text = lines.map(line => line.text).join('\n');
    return /share link/i.test(text) && text;
  });
  expect(said).toMatch(/Could not create share link/);
  expect(said).not.toMatch(/public URL: https/);
});

test('nobody without a credential gets past a door', async () => {
  const paths = ['/', '/config', '/gradio_api/info', '/gradio_api/queue/data?session_hash=x'];
  expect(await openWithout(shared, paths, [])).toEqual([]);
});

test("its page works at the owner's door, and what it tells by server-sent events arrives", async () => {
  await inBrowser(shared, async page => {
    await page.getByRole('button', { name: 'Ask' }).click();
    const answer = page.getByLabel('Answer');
    await eventually('the answer', 60_000, async () => (await answer.inputValue()) === 'answer 42');
    expect(await answer.inputValue()).toBe('answer 42');
  });
});

test('a guest calls a function as its own client does, and another site makes no browser of theirs do so', async () => {
  const guest = await guestOf(shared);
  const asked = await guest.post('/gradio_api/call/ask', { data: [6] });
  expect(asked.status).toBe(200);
  const { event_id: id } = JSON.parse(asked.body) as { event_id: string };
  expect((await guest.page(`/gradio_api/call/ask/${id}`)).body).toContain('answer 42');
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  const refused = await guest.ask('/gradio_api/call/ask', { method: 'POST', headers: foreign, body: '{}' });
  expect(refused.status).toBe(403);
  // Addresses in what the page is told lead back to the door that it came from.
  expect((JSON.parse((await guest.page('/config')).body) as { root: string }).root).toBe(guest.origin);
});

test('there is no role that only looks', async () => {
  await expect(shared.share({ role: 'viewer' })).rejects.toThrow(/viewing cannot be told from acting/);
});

test('it is stopped without a trace', async () => {
  expect(await leftOver(shared)).toEqual([]);
});

test('it starts where a proxy is set that knows nothing of this computer', async () => {
  // Nothing listens on port 9: asked through it whether it answers, the app would be told no, and end.
  const dead = 'http://127.0.0.1:9';
  const proxies = { http_proxy: dead, HTTPS_PROXY: dead, ALL_PROXY: dead, NO_PROXY: 'intern.example' };
  const behind = await openApp('gradio', { 'app.py': app('') }, ['app.py'], proxies);
  try {
    const seen = await behind.core.call('server.list');
    expect(seen).toMatchObject([{ state: 'ready' }]);
  } finally {
    await behind.close();
  }
});

test('a script that opens the app to the network is ended, and its owner is told why', async () => {
  const start = openApp('gradio', { 'open.py': app('server_name="0.0.0.0"') }, ['open.py']);
  await expect(start).rejects.toThrow(/it listens on the network, though it was told not to/i);
});
