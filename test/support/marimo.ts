/* marimo's own protocol, as its page speaks it. */
import type { WebSocket } from 'ws';
import { eventually } from './core.ts';
import { heardBy } from './sockets.ts';

/** A slider, what it says, and a cell that tells which account runs it. */
export const notebook = `import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    return (mo,)


@app.cell
def _(mo):
    slider = mo.ui.slider(1, 10, label="speed")
    slider
    return (slider,)


@app.cell
def _(mo, slider):
    mo.md(f"the speed is {slider.value}")  # words of the code
    return


if __name__ == "__main__":
    app.run()
`;

/** What a page has to say with each POST. */
export function headersOf(page: string, session: string): Record<string, string> {
  const token = /<marimo-server-token data-token="([^"]+)"/.exec(page)?.[1];
  if (token === undefined) throw new Error(`There is no token of marimo in the page: ${page.slice(0, 200)}`);
  return {
    'content-type': 'application/json',
    'marimo-server-token': token,
    'marimo-session-id': session,
  };
}

/** Identifier of the slider, once the app has shown it. */
export async function sliderIn(socket: WebSocket): Promise<{ id: string; heard: () => string }> {
  const heard = heardBy(socket);
  const id = await eventually('the app is shown', 30_000, async () => {
    return /<marimo-ui-element object-id='([^']+)'/.exec(heard())?.[1];
  });
  await eventually('it has run', 30_000, async () => heard().includes('the speed is 1'));
  return { id, heard };
}

/** What a viewer's page does not need. */
export const refused: readonly (readonly [method: string, path: string])[] = [
  ['POST', '/api/kernel/run'],
  ['POST', '/api/kernel/instantiate'],
  ['POST', '/api/kernel/execute'],
  ['POST', '/api/kernel/save'],
  ['POST', '/api/kernel/read_code'],
  ['POST', '/api/kernel/shutdown'],
  ['POST', '/api/kernel/restart_session'],
  ['POST', '/api/kernel/takeover'],
  ['POST', '/api/kernel/scratchpad/run'],
  ['POST', '/api/files/list_files'],
  ['POST', '/api/packages/add'],
  ['POST', '/api/secrets/keys'],
  ['POST', '/api/export/html'],
  ['GET', '/api/kernel/set_ui_element_value'],
  ['GET', '/api/status'],
  ['GET', '/api/sessions'],
  ['GET', '/auth/token'],
  ['GET', '/auth/login'],
  ['GET', '/?file=other.py'],
  ['GET', '/?%66ile=__new__'],
  ['GET', '/?access_token=x&kiosk=true'],
  ['GET', '/mpl/8080/x'],
  ['GET', '/sse?session_id=s_1'],
];
