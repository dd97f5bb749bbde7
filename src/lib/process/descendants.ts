import { bystandersOf } from './bystanders.ts';
import { firstLifeJudge, isRowOf, type ProcessIdentity } from './identity.ts';
import type { EnvironmentMarker } from './marker.ts';
import { isDead, type ProcessRow } from './process-row.ts';
import { type ProcessScan, scanProcesses } from './process-table.ts';

/** Traits by which a family is recognised. */
export interface FamilyTraits {
  /** The process that started it all, alive or not. */
  root?: ProcessIdentity | undefined;
  marker?: EnvironmentMarker | undefined;
  /** Members seen before: their children belong, even once they are dead themselves. */
  known?: readonly ProcessIdentity[];
  /** Pids that are in a cgroup of the family. */
  enclosed?: ReadonlySet<number>;
  /** True for a process that belongs for a reason that the table does not show. */
  claims?: ((row: ProcessRow) => boolean) | undefined;
}

/** The live processes of a family now; see `collectFamily`. Yields to the event loop every few milliseconds. */
export async function familyOf(
  root: ProcessIdentity | undefined,
  marker: EnvironmentMarker | undefined,
): Promise<ProcessRow[]> {
  return collectFamily(await scanProcesses(marker?.name), { root, marker });
}

/**
 * The live members of a family in one scan: its root, members seen before, carriers of the marker, and from each of
 * them on, all descendants and everybody in a session or group that it leads. A session can only be entered by being
 * forked in it, so a session whose leader belongs, belongs.
 * A leader may be dead and its pid even reused: then its session counts only while its pid is provably in its first
 * life, or when a marked process is in it and nobody who is older than the root.
 * Never included: we ourselves, our ancestors, init, and our own session or group as a whole.
 */
export function collectFamily(scan: ProcessScan, traits: FamilyTraits, self = process.pid): ProcessRow[] {
  const rows = [...scan.table.values()];
  const bystanders = bystandersOf(scan.table, self);
  const children = groupBy(rows, (row) => row.ppid);
  const sessions = withoutKeys(
    groupBy(rows, (row) => row.sid),
    bystanders.sessions,
  );
  const groups = withoutKeys(
    groupBy(rows, (row) => row.pgid),
    bystanders.groups,
  );

  const family = new Set<ProcessRow>();
  const add = (candidates: readonly ProcessRow[] | undefined) => {
    for (const row of candidates ?? []) if (!bystanders.pids.has(row.pid)) family.add(row);
  };
  const isMarked = (row: ProcessRow) =>
    traits.marker !== undefined && scan.marked.get(row.pid) === traits.marker.value;
  const known = [...(traits.root === undefined ? [] : [traits.root]), ...(traits.known ?? [])];

  add(rows.filter((row) => isMarked(row) || traits.enclosed?.has(row.pid) || traits.claims?.(row)));
  const isInFirstLife = firstLifeJudge();
  for (const identity of known) {
    const row = scan.table.get(identity.pid);
    if (row !== undefined && isRowOf(row, identity)) add([row]);
    if (row !== undefined || !isInFirstLife(identity)) continue;
    add(sessions.get(identity.pid));
    add(groups.get(identity.pid));
  }
  for (const [sid, members] of sessions) {
    if (scan.table.has(sid) || !members.some(isMarked)) continue;
    if (members.every((row) => traits.root !== undefined && row.startTime >= traits.root.startTime))
      add(members);
  }
  // A Set visits what is added while it is walked, so this ends when nobody new turns up.
  for (const row of family) {
    add(children.get(row.pid));
    if (row.sid === row.pid) add(sessions.get(row.sid));
    if (row.pgid === row.pid) add(groups.get(row.pgid));
  }
  return [...family].filter((row) => !isDead(row));
}

function groupBy(rows: readonly ProcessRow[], keyOf: (row: ProcessRow) => number): Map<number, ProcessRow[]> {
  const groups = new Map<number, ProcessRow[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

function withoutKeys<Value>(map: Map<number, Value>, keys: ReadonlySet<number>): Map<number, Value> {
  for (const key of keys) map.delete(key);
  return map;
}
