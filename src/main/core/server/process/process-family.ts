/**
 * One process as the system lists it. `start` tells two processes apart that had the same number one after
 * the other.
 */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly start: string;
  /** Ended already, and waits only for its parent to look. */
  readonly zombie: boolean;
  /** Carries GATEHOUSE_RUN of the run that was asked for, and is our own account's. */
  readonly marked: boolean;
}

export interface Identity {
  readonly pid: number;
  readonly start: string;
}

/**
 * Everything that belongs to a run: what carries its marker, what is in the group or session that its leader
 * founded, and what any of these started. Pure. `self` and what is not a living process are never in it.
 * @param leader null when its number may belong to somebody else by now
 */
export function familyOf(rows: readonly ProcessRow[], leader: Identity | null, self: number): ProcessRow[] {
  const alive = rows.filter(row => !row.zombie && row.pid > 1 && row.pid !== self);
  const usurped = leader !== null && rows.some(row => row.pid === leader.pid && row.start !== leader.start);
  const founded = leader === null || usurped ? null : leader.pid;
  const family = new Set(
    alive.filter(
      row => row.marked || (founded !== null && (row.group === founded || row.session === founded)),
    ),
  );
  for (let before = -1; before !== family.size;) {
    before = family.size;
    const pids = new Set([...family].map(row => row.pid));
    for (const row of alive) if (pids.has(row.parent)) family.add(row);
  }
  return [...family];
}
