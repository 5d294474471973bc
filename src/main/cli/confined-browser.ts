/**
 * Whether the browser that `xdg-open` would start is in a snap or a flatpak, which keep it out of `/run/user`
 * and of hidden folders.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Confined {
  readonly kind: 'snap' | 'flatpak';
  /** Of its desktop entry, or of its program. */
  readonly name: string;
}

/** Null where it is neither, and where that cannot be found out. */
export async function confinedBrowser(environment: Environment, home: string): Promise<Confined | null> {
  const chosen = environment['BROWSER'] ?? '';
  if (chosen.startsWith('/snap/')) return { kind: 'snap', name: chosen };
  const entry = await defaultBrowser(environment);
  if (entry === null) return null;
  for (const folder of entryFolders(environment, home)) {
    const text = await readFile(join(folder, entry), 'utf8').catch(() => null);
    if (text === null) continue;
    const kind = folder.startsWith('/var/lib/snapd/') ? 'snap' : kindOfEntry(text);
    return kind === null ? null : { kind, name: entry };
  }
  return null;
}

/** What a desktop entry starts (Desktop Entry Specification). Pure. */
export function kindOfEntry(text: string): Confined['kind'] | null {
  if (/^X-SnapInstanceName=/m.test(text)) return 'snap';
  if (/^X-Flatpak=/m.test(text)) return 'flatpak';
  // Of the entry itself, which comes before those of its further actions.
  const command = /^Exec=(.*)$/m.exec(text)?.[1] ?? '';
  if (/(?:^|[\s"=])\/snap\/bin\//.test(command)) return 'snap';
  return /(?:^|[\s"/])flatpak"?\s+run\s/.test(command) ? 'flatpak' : null;
}

function defaultBrowser(environment: Environment): Promise<string | null> {
  return new Promise(resolve => {
    const argv = ['get', 'default-web-browser'];
    execFile('xdg-settings', argv, { timeout: 3000, env: { ...environment } }, (error, stdout) => {
      const name = stdout.trim();
      resolve(error === null && /^[\w.-]{1,200}\.desktop$/.test(name) ? name : null);
    });
  });
}

/** In their order (XDG Base Directory Specification), then where snap and flatpak put theirs. */
function entryFolders(environment: Environment, home: string): readonly string[] {
  const ours = environment['XDG_DATA_HOME'] ?? '';
  const shared = (environment['XDG_DATA_DIRS'] ?? '').split(':').filter(isAbsolute);
  return [
    isAbsolute(ours) ? ours : join(home, '.local', 'share'),
    ...(shared.length === 0 ? ['/usr/local/share', '/usr/share'] : shared),
    join(home, '.local', 'share', 'flatpak', 'exports', 'share'),
    '/var/lib/flatpak/exports/share',
    '/var/lib/snapd/desktop',
  ].map(folder => join(folder, 'applications'));
}
