/*
 * Poetry, pipenv and hatch themselves make the environment of a project, away from it: what is found, taken
 * and said for its folder.
 */
import { mkdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { makeHome, type TestHome } from '../support/core.ts';
import { testPython } from '../support/jupyter.ts';
import { linkJupyter } from '../support/linked-jupyter.ts';
import { makeByTool, projectTools, type ProjectTool } from '../support/project-tools.ts';
import { pythonServer } from '../support/server-packages.ts';
import type { FoundServer, ServerInfo } from '../../src/shared/model.ts';

beforeAll(async () => {
  await pythonServer('project-tools');
}, 600_000);

const names = Object.keys(projectTools) as ProjectTool[];

/** What `gatehouse start` says, and the program that it started. */
async function start(home: TestHome, folder: string, name: string) {
  const said = await home.cli('start', folder, '--name', name, '--no-trust');
  const servers = await home.json<ServerInfo[]>('list');
  const pid = servers.find(server => server.name === name)?.pid;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return { ...said, program: command.split('\0')[0] };
}

test.each(names)(
  'what %s made for a folder is taken for it and for no other, and one without JupyterLab is not passed over in silence',
  async name => {
    await using home = await makeHome();
    const folder = join(home.folder, 'my thesis');
    const other = join(home.folder, 'other');
    await mkdir(other);
    const onPath = await realpath(dirname(await testPython())).then(folder => join(folder, 'python'));
    const location = await makeByTool(name, folder, home.folder);

    const without = await start(home, folder, 'without');
    expect(without).toMatchObject({ out: expect.stringMatching(/ \(PATH\) is running /), program: onPath });
    expect(without.err).toContain(`The environment ${location} (${name}: `);
    expect(without.err).toMatch(/was not used: It has no JupyterLab of its own: .*python.? -m pip install/);

    await linkJupyter(location);
    const own = await start(home, folder, 'own');
    expect(own.out).toMatch(new RegExp(` \\(${name}: .*\\) is running `));
    expect(own.program).toBe(join(location, 'bin/python'));
    expect(own.err).not.toContain('was not used');

    const elsewhere = await start(home, other, 'elsewhere');
    expect(elsewhere).toMatchObject({ out: expect.stringMatching(/ \(PATH\) is running /), program: onPath });
    expect(elsewhere.err).not.toContain('was not used');
    const listed = await home.json<FoundServer[]>('profiles');
    expect(listed.filter(each => each.location === location)).toMatchObject([{ problem: null }]);
  },
  240_000,
);
