/*
 * The attack: opening a link by `xdg-open http://...?code=...` shows the code to every user of the machine
 * who runs `ps` in that moment, and the first to redeem it is signed in. The browser is therefore given the
 * path of a private file that leads on. One in a snap or a flatpak may not read that file: it is given an
 * address that is worth nothing to another account (`gateway/owner/sign-in-links.ts`).
 */
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { createPrivateFile } from '../core/private-file.ts';
import { confinedBrowser, type Environment } from './confined-browser.ts';

/** Milliseconds in which a browser has read the file; then it goes. */
const fileLife = 60_000;

/** Whether a browser can be expected to appear: a screen, and no remote shell's. */
export function hasScreen(environment: Environment, platform: NodeJS.Platform): boolean {
  if (platform === 'win32' || platform === 'darwin') return environment['SSH_CONNECTION'] === undefined;
  return (environment['DISPLAY'] ?? '') !== '' || (environment['WAYLAND_DISPLAY'] ?? '') !== '';
}

export interface CliEnvironment {
  /** Where the private file goes. */
  readonly runtime: string;
  readonly platform: NodeJS.Platform;
  readonly environment: Environment;
  readonly home: string;
}

export type Opened =
  | { readonly kind: 'opened' }
  /** With what has to be said about the way. */
  | { readonly kind: 'by-address'; readonly sentence: string }
  | { readonly kind: 'no-opener' };

/** Opens the owner's browser at a server. @param linkFor asks for the address of the page where it begins */
export async function openInBrowser(
  around: CliEnvironment,
  linkFor: (begin: 'private' | 'seen') => Promise<string>,
): Promise<Opened> {
  const { runtime, platform, environment, home } = around;
  const confined = platform === 'linux' ? await confinedBrowser(environment, home) : null;
  if (confined === null) {
    const opened = await openByFile(await linkFor('private'), runtime, platform);
    return { kind: opened ? 'opened' : 'no-opener' };
  }
  const opened = await run('xdg-open', [await linkFor('seen')]);
  const sentence = `Your browser (${confined.name}) is a ${confined.kind} and may not read private files, so it was given an address that works once, within a minute, for your account only.`;
  return opened ? { kind: 'by-address', sentence } : { kind: 'no-opener' };
}

async function openByFile(url: string, runtime: string, platform: NodeJS.Platform): Promise<boolean> {
  await removeLinkFiles(runtime);
  const path = join(runtime, `open-${randomBytes(8).toString('hex')}.html`);
  await createPrivateFile(path, leadOn(url));
  const [program, ...args] = opener(platform);
  const started = await run(program, [...args, pathToFileURL(path).href]);
  const remove = (): Promise<void> => rm(path, { force: true });
  if (started) void delay(fileLife, undefined, { ref: false }).then(remove);
  else await remove();
  return started;
}

function run(program: string, argv: readonly string[]): Promise<boolean> {
  return new Promise<boolean>(resolve => {
    const child = spawn(program, argv, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
    child.unref();
  });
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
