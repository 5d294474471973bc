import { homedir } from 'node:os';
import type { CoreClient } from '../control/core-client.ts';
import { hasScreen, openInBrowser } from './browser.ts';
import type { Environment } from './confined-browser.ts';
import { say, type Output } from './print.ts';

/** Opens a server in the owner's browser; false where none can be opened. */
export async function openServer(
  core: CoreClient,
  id: string,
  environment: Environment,
  runtime: string,
  output: Output,
): Promise<boolean> {
  const { platform } = process;
  if (!hasScreen(environment, platform)) return false;
  const home = environment['HOME'] ?? homedir();
  const opened = await openInBrowser({ runtime, platform, environment, home }, async begin => {
    const { url } = await core.call('server.link', id, { tool: false, begin });
    return url;
  });
  if (opened.kind === 'by-address') say(output, opened.sentence);
  return opened.kind !== 'no-opener';
}
