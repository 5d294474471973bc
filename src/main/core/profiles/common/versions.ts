/**
 * Compares the release numbers of two versions (PEP 440, or semantic); what follows them (`rc1`, `.dev0`,
 * `-beta.1`) does not count.
 */
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
