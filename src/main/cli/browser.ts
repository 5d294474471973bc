/*
 * The attack: opening a link by `xdg-open http://...?code=...` shows the code to every user of the machine who runs `ps` in that
 * moment, and the first to redeem it is signed in. The browser is therefore given the path of a private file that leads on.
 */
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds in which a browser has read the file; then it goes. */
const fileLife = 60_000;

/** Whether a browser can be expected to appear: a screen, and no remote shell's. */
export function hasScreen(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  if (platform === 'win32' || platform === 'darwin') return environment['SSH_CONNECTION'] === undefined;
  return (environment['DISPLAY'] ?? '') !== '' || (environment['WAYLAND_DISPLAY'] ?? '') !== '';
}

/** Opens the owner's browser at the link. Resolves with false where no opener is installed. */
export async function openInBrowser(
  url: string,
  runtime: string,
  platform: NodeJS.Platform,
): Promise<boolean> {
  await removeLinkFiles(runtime);
  const path = join(runtime, `open-${randomBytes(8).toString('hex')}.html`);
  await writeFile(path, leadOn(url), { mode: 0o600, flag: 'wx' });
  const [program, ...args] = opener(platform);
  const started = await new Promise<boolean>(resolve => {
    const child = spawn(program, [...args, pathToFileURL(path).href], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
    child.unref();
  });
  const remove = (): Promise<void> => rm(path, { force: true });
  if (started) void delay(fileLife, undefined, { ref: false }).then(remove);
  else await remove();
  return started;
}

/** A command that ends at once leaves its file to the next one. */
export async function removeLinkFiles(runtime: string, age = fileLife): Promise<void> {
  for (const name of await readdir(runtime).catch(() => [])) {
    if (!/^open-[0-9a-f]{16}\.html$/.test(name)) continue;
    const facts = await stat(join(runtime, name)).catch(() => null);
    if (facts !== null && Date.now() - facts.mtimeMs > age) await rm(join(runtime, name), { force: true });
  }
}

function opener(platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return ['xdg-open'];
}

function leadOn(url: string): string {
  const safe = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Gatehouse</title>
<meta http-equiv="refresh" content="0; url=${safe}"><p><a href="${safe}">Continue</a></p>\n`;
}
