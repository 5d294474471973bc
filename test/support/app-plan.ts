/* The plan of a server that is data, from an environment that only looks like one. */
import { join } from 'node:path';
import type { LaunchPlan, RunContext } from '../../src/main/core/ports.ts';
import type { ProfileKind } from '../../src/main/core/profiles/kind.ts';
import type { FoundServer } from '../../src/shared/model.ts';
import { fakeEnvironment } from './fake-environment.ts';
import { makeRunContext } from './run-plan.ts';
import { writeFile } from 'node:fs/promises';

export interface PlannedApp {
  readonly found: readonly FoundServer[];
  readonly context: RunContext;
  /** Its interpreter, which stands in argv[0]. */
  readonly python: string;
  readonly plan: () => Promise<LaunchPlan>;
  readonly remove: () => Promise<void>;
}

/** @param version that is installed @param file that is named, in the working folder; none when absent */
export async function plannedApp(kind: ProfileKind, version: string, file?: string): Promise<PlannedApp> {
  const context = await makeRunContext();
  const location = await fakeEnvironment(join(context.home, 'env'), { versions: { [kind.name]: version } });
  if (file !== undefined) await writeFile(join(context.folder, file), '');
  const profile = kind.create({
    environment: { PATH: join(location, 'bin'), GRADIO_SHARE: 'True', STREAMLIT_SERVER_ADDRESS: '0.0.0.0' },
    home: context.home,
    dataFolder: context.home,
    platform: 'linux',
    log: { info() {}, warn() {}, error() {} },
    readySeconds: () => null,
  });
  // Programs on PATH show which environment has it.
  await writeFile(join(location, 'bin', kind.name), '', { mode: 0o755 });
  const signal = AbortSignal.timeout(5000);
  const found = (await profile.find?.({ fresh: true, signal })) ?? [];
  return {
    found,
    context,
    python: join(location, 'bin', 'python'),
    plan: () => profile.plan({ profile: kind.name, ...(file === undefined ? {} : { file }) }, null, context),
    remove: context.remove,
  };
}
