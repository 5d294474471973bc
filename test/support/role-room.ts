import { ServerConnection } from '@jupyterlab/services';
import { PageConfig } from '@jupyterlab/coreutils';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jupyterRoles } from '../../src/main/core/profiles/jupyter/roles/jupyter-roles.ts';
import { cleanUp, expectOurs, start, type Place } from './jupyter-run.ts';
import { openRoleProxy, type RoleProxy } from './role-proxy.ts';

export interface RoleRoom {
  readonly context: Place;
  readonly viewer: RoleProxy;
  readonly editor: RoleProxy;
  readonly full: RoleProxy;
  /** What the owner runs. */
  readonly kernel: string;
  readonly session: string;
}

/** A real JupyterLab with a notebook, a text and a running kernel, and a door to it for each role. */
export async function openRoleRoom(): Promise<RoleRoom> {
  PageConfig.setOption('terminalsAvailable', 'true');
  const { plan, context, running } = await start();
  await expectOurs(running);
  const notebook = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  await writeFile(join(context.folder, 'shown.ipynb'), JSON.stringify(notebook));
  await writeFile(join(context.folder, 'notes.txt'), 'as it was');
  const doors = {
    viewer: await openRoleProxy(plan, jupyterRoles, 'viewer'),
    editor: await openRoleProxy(plan, jupyterRoles, 'editor'),
    full: await openRoleProxy(plan, jupyterRoles, 'full'),
  };
  for (const door of Object.values(doors)) cleanUp(() => door.close());
  const made = await api(doors.full, 'POST', 'api/sessions', {
    path: 'shown.ipynb',
    type: 'notebook',
    name: 'shown',
    kernel: { name: 'python3' },
  });
  const session = JSON.parse(made.text) as { id: string; kernel: { id: string } };
  return { context, ...doors, kernel: session.kernel.id, session: session.id };
}

export function settingsFor(door: RoleProxy): ServerConnection.ISettings {
  return ServerConnection.makeSettings({
    baseUrl: door.url,
    wsUrl: door.url.replace('http', 'ws'),
    appUrl: 'lab',
  });
}

export async function api(
  door: RoleProxy,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  const answer = await fetch(door.url + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: 'manual',
  });
  return { status: answer.status, text: await answer.text() };
}
