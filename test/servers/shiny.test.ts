/* Shiny for Python as PyPI has it, through both doors by its own page and its own protocol. */
import { afterAll, beforeAll, expect, test } from 'vitest';
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
from shiny import App, render, ui
page = ui.page_fluid(ui.input_action_button("go", "Go"), ui.output_text("answer"))
def server(input, output, session):
    @render.text
    def answer():
        return f"answer {42 * input.go()}"
app = App(page, server)
`;

let shared: Shared;

beforeAll(async () => {
  shared = await openApp('shiny', { 'app.py': app, 'random.py': 'raise SystemExit("hijacked")\n' }, [
    'app.py',
  ]);
});
afterAll(() => shared?.close());

test('it is found, and started on loopback without a secret that others can see', async () => {
  expect(shared.served.server.title).toMatch(/^Shiny for Python 1\.\d+/);
  expect((await listensOn(shared, /--port\0(\d+)/)).reach).toEqual(['loopback']);
  expect(await telling(shared)).toEqual([]);
});

test('nobody without a credential gets past a door', async () => {
  expect(await openWithout(shared, ['/', '/session/x/upload/y'], ['/websocket/'])).toEqual([]);
});

test("its page works at the owner's door: the WebSocket and a click", async () => {
  const said = await inBrowser(shared, async page => {
    await page.getByText('answer 0').waitFor();
    await page.getByRole('button', { name: 'Go' }).click();
    await page.getByText('answer 42').waitFor();
    return page.getByText('answer').textContent();
  });
  expect(said).toBe('answer 42');
});

test('a guest gets its page and its WebSocket; another site opens none in their name', async () => {
  const guest = await guestOf(shared);
  expect((await guest.open('/')).body).toContain('id="answer"');
  expect(await upgradeStatus(guest.socket('/websocket/'))).toBe(101);
  expect(await upgradeStatus(guest.socket('/websocket/', [], { origin: 'https://evil.example' }))).toBe(403);
  await expect(shared.share({ role: 'viewer' })).rejects.toThrow(/viewing cannot be told from acting/);
});

test('it is stopped without a trace', async () => {
  expect(await leftOver(shared)).toEqual([]);
});
