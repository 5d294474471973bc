/*
 * Advisories of a Jupyter Server that is too old for Gatehouse: each attack succeeds against it, and it is
 * listed with its reason and never started.
 */
import { dirname } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { FoundServer } from '../../../src/shared/model.ts';
import { bareJupyter } from '../../support/bare-jupyter.ts';
import { eventually, makeHome } from '../../support/core.ts';
import { pythonServer } from '../../support/server-packages.ts';

let python: string;
beforeAll(async () => {
  python = await pythonServer('jupyter-1.15');
});

test('CVE-2022-24757: without Gatehouse, jupyter_server 1.15.3 writes the credential of a request that fails into its log', async () => {
  await using bare = await bareJupyter(python);
  const headers = { authorization: `token ${bare.token}` };
  const failed = await fetch(`${bare.url}api/kernels`, { method: 'POST', headers, body: '[]' });
  expect(failed.status).toBe(500);
  await eventually('the line in the log', 10_000, async () => bare.said().includes('"Authorization"'));
  expect(bare.said()).toContain(`token ${bare.token}`);
});

test('CVE-2022-29241: without Gatehouse, jupyter_server 1.15.3 hands out the file with its token to who knows its process id', async () => {
  // It serves the home, in which the hidden folder with its own files is.
  await using bare = await bareJupyter(python, { folder: '.' });
  const cookie = await bare.signIn(bare.token);
  const path = `.local/share/jupyter/runtime/jpserver-${bare.pid()}.json`;
  const answer = await fetch(`${bare.url}api/contents/${path}?content=1&type=file`, { headers: { cookie } });
  const { content } = (await answer.json()) as { content: string };
  expect(JSON.parse(content)).toMatchObject({ token: bare.token });
});

test('CVE-2022-24757, CVE-2022-29241: with Gatehouse it is not started', async () => {
  await using home = await makeHome({ PATH: `${dirname(python)}:/usr/bin:/bin` });
  const profiles = await home.json<FoundServer[]>('profiles');
  const problems = profiles.map(({ title, problem }) => `${title}: ${problem}`);
  expect(problems).toEqual([
    expect.stringMatching(/^Jupyter Server: Jupyter Server 1\.15\.3 is older than 2\.0/),
  ]);
  const found = profiles[0]?.id ?? '';
  const started = await home.cli('serve', 'jupyter', '--env', found, '--secrets', 'memory');
  expect([started.code === 0, started.err]).toEqual([false, expect.stringContaining('older than 2.0')]);
});
