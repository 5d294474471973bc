/** The Jupyter applications that Gatehouse can start, the most comfortable first. */
export const applications = [
  { title: 'JupyterLab', distribution: 'jupyterlab', module: 'jupyterlab', oldest: '3.6' },
  { title: 'Notebook', distribution: 'notebook', module: 'notebook', oldest: '7.0' },
  { title: 'Jupyter Server', distribution: 'jupyter_server', module: 'jupyter_server', oldest: '2.0' },
] as const;

export type Application = (typeof applications)[number];

export function applicationTitled(title: string): Application | null {
  return applications.find(application => application.title === title) ?? null;
}

/** Compares the release numbers of two PEP 440 versions; what follows them (`rc1`, `.dev0`) does not count. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [releaseOf(one), releaseOf(other)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function releaseOf(version: string): number[] {
  const release = /^v?(?:\d+!)?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0';
  return release.split('.').map(Number);
}
