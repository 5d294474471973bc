/* What a request to start a server comes down to. Pure. */
import { isAbsolute } from 'node:path';
import type { FoundServer, StartRequest } from '../../../shared/model.ts';
import { visible } from '../../../shared/visible.ts';
import { defaultName } from './server-name.ts';

/** Two requests with the same identity are for the same server. */
export function identity(request: StartRequest & { readonly folder: string }): string {
  const { profile, found, folder, file, name, command, credential, readyPath, custom } = request;
  return JSON.stringify([profile, found, folder, file, name, command, credential, readyPath, custom]);
}

/** The installation that the request names by its path, not by its id. */
export function namedPath({ found }: StartRequest): string | undefined {
  return found !== undefined && isAbsolute(found) ? found : undefined;
}

/** The file that the request is about. JupyterLab opens a notebook and many more; others run the one file. */
function fileRun({ profile, file }: StartRequest): string | null {
  return profile === 'jupyter' ? null : (file ?? null);
}

/** What the server is called: in a terminal, the tray, a guest's page. So everything in it can be seen. */
export function nameOf(request: StartRequest, folder: string, home: string, title: string): string {
  return visible(request.name ?? defaultName(folder, home, title, fileRun(request)));
}

/** What runs, with its version: `JupyterLab 4.6.6`. */
export function titleOf(request: StartRequest, found: FoundServer | null): string {
  if (found === null) return request.command?.[0] ?? 'Custom command';
  return found.version === null ? found.title : `${found.title} ${found.version}`;
}
