/**
 * Whether this desktop shows tray icons. Where it does not, closing the last window must not leave somebody
 * with nothing to click on.
 */
import { execFile } from 'node:child_process';

/** Milliseconds for the session bus to answer. */
const limit = 1500;

export async function hasTray(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): Promise<boolean> {
  if (platform === 'win32' || platform === 'darwin') return true;
  if ((environment['DBUS_SESSION_BUS_ADDRESS'] ?? '') === '') return false;
  return ownsName('org.kde.StatusNotifierWatcher');
}

/**
 * Asks the bus who is there; a desktop without `gdbus` counts as one without a tray, which errs on the side
 * of a visible window.
 */
function ownsName(name: string): Promise<boolean> {
  const bus = 'org.freedesktop.DBus';
  const place = ['--session', '--dest', bus, '--object-path', '/org/freedesktop/DBus'];
  return new Promise(resolve => {
    execFile(
      'gdbus',
      ['call', ...place, '--method', `${bus}.NameHasOwner`, name],
      { timeout: limit },
      (error, output) => resolve(error === null && output.includes('true')),
    );
  });
}
