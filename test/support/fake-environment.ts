import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with a name that breaks careless programs, and its removal. */
export async function scratchFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'gh-unit-'));
  const folder = join(root, 'Zoë’s things');
  await mkdir(folder);
  return { folder, remove: () => rm(root, { recursive: true, force: true }) };
}

export interface FakeEnvironment {
  /** Distributions by name, as their folders say. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly requested?: readonly string[];
  /** What the interpreter does, as lines of sh; null for no interpreter. Answers the versions when absent. */
  readonly interpreter?: string | null;
  /** Whether it is a virtual environment. */
  readonly virtual?: boolean;
}

/**
 * What looks like a Python environment. Its interpreter is a shell script that also notes that it was run.
 */
export async function fakeEnvironment(location: string, options: FakeEnvironment = {}): Promise<string> {
  const {
    versions = { jupyterlab: '4.6.6', jupyter_server: '2.21.1' },
    requested = [],
    virtual = true,
  } = options;
  const packages = join(location, 'lib/python3.11/site-packages');
  await mkdir(packages, { recursive: true });
  await mkdir(join(location, 'bin'), { recursive: true });
  for (const [name, version] of Object.entries(versions)) {
    const info = join(packages, `${name}-${version}.dist-info`);
    await mkdir(info, { recursive: true });
    if (requested.includes(name)) await writeFile(join(info, 'REQUESTED'), '');
  }
  if (virtual) await writeFile(join(location, 'pyvenv.cfg'), 'include-system-site-packages = false\n');
  const answer = `echo 'gatehouse:${JSON.stringify(versions)}'`;
  const { interpreter = answer } = options;
  if (interpreter !== null) {
    const script = `#!/bin/sh\necho "$@" >> "\${0%/*}/was-run"\n${interpreter}\n`;
    await writeFile(join(location, 'bin/python'), script, { mode: 0o755 });
  }
  return location;
}
