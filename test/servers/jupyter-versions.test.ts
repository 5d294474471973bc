import { afterEach, expect, test } from 'vitest';
import { hostileConfig } from '../support/hostile-config.ts';
import { cleanUpAll, expectClosed, expectOurs, start } from '../support/jupyter-run.ts';
import { jupyterTraits } from '../support/jupyter-trait-list.ts';
import { otherEnvironment, otherEnvironments } from '../support/jupyter.ts';
import { get, runCell, secretHeaders } from '../support/kernel.ts';

afterEach(cleanUpAll);

/**
 * The oldest that are promised, and the other applications. Three more environments to build: only where it
 * is asked for.
 */
const wanted = process.env['GATEHOUSE_TEST_VERSIONS'] === '1';
const versions: [title: string, name: keyof typeof otherEnvironments][] = [
  ['JupyterLab', 'test-jupyterlab-3.6'],
  ['Notebook', 'test-notebook-7'],
  ['Jupyter Server', 'test-jupyter-server-2.0'],
];

test.skipIf(!wanted).each(versions)(
  '%s of %s: ours, closed whatever is configured, a cell runs',
  async (title, name) => {
    const interpreter = await otherEnvironment(name);
    const { plan, running } = await start({ title, interpreter, config: hostileConfig });
    await expectOurs(running);
    await expectClosed(plan);
    const page = await get(plan, plan.landing, secretHeaders(plan));
    expect(page.status).toBe(200);
    expect(page.body).not.toContain('opensesame');
    expect(await runCell(plan, 'print(6 * 7)')).toBe('42\n');
    await plan.askToStop?.(AbortSignal.timeout(10_000));
    expect(await running.ended).toBe(0);
  },
  600_000,
);

test.skipIf(!wanted).each([...versions, ['JupyterLab', 'test-jupyter-collaboration'] as const])(
  'every setting of %s of %s is sorted, once',
  async (_title, name) => {
    const { unsorted, twice } = await jupyterTraits(await otherEnvironment(name));
    expect(unsorted, 'sort these in gatehouse_traits.py').toEqual([]);
    expect(twice).toEqual([]);
  },
  600_000,
);
