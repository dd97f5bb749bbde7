import { cgroupMembers } from './cgroup.ts';
import { collectFamily } from './descendants.ts';
import { forksSinceBoot, identityOfRow, type ProcessIdentity } from './identity.ts';
import type { EnvironmentMarker } from './marker.ts';
import type { ProcessRow, ProcessTable } from './process-row.ts';
import { scanProcesses } from './process-table.ts';

/** A living member of a family, as a look found it. */
export interface Quarry {
  row: ProcessRow;
  identity: ProcessIdentity;
}

/** By what a hunt recognises whom it is after. */
export interface HuntTraits {
  root?: ProcessIdentity | undefined;
  marker: EnvironmentMarker;
  /** Directories of cgroups of which every member belongs. */
  cgroups: readonly string[];
}

export interface Hunt {
  /** Who of the family is alive. None means that two looks in a row found none. */
  look(): Promise<Quarry[]>;
}

/** Looks for a family again and again, and remembers whom it saw: their children belong even once they are dead. */
export function createHunt({ root, marker, cgroups }: HuntTraits): Hunt {
  let known: ProcessIdentity[] = [];
  const lookOnce = async () => {
    const before = new Set(cgroups.flatMap(cgroupMembers));
    const scan = await scanProcesses(marker.name, (value) => value === marker.value);
    // In it before and after: so the row between the two cannot be a stranger's under the same pid.
    const enclosed = new Set(cgroups.flatMap(cgroupMembers).filter((pid) => before.has(pid)));
    const forks = forksSinceBoot();
    const family = collectFamily(scan, { root, marker, known, enclosed }).map((row) => ({
      row,
      identity: identityOfRow(row, forks),
    }));
    if (family.length > 0)
      known = [...family.map(({ identity }) => identity), ...known.filter(stillLeads(scan.table, family))];
    return family;
  };
  return {
    async look() {
      const family = await lookOnce();
      // A parent that forks and exits while we read may hide its child from one look, not from two.
      return family.length > 0 ? family : lookOnce();
    },
  };
}

/** A dead member is worth remembering only while its session or group lives on without it. */
function stillLeads(table: ProcessTable, family: readonly Quarry[]): (identity: ProcessIdentity) => boolean {
  const present = new Set(family.map(({ row }) => row.pid));
  const led = new Set([...table.values()].flatMap(({ sid, pgid }) => [sid, pgid]));
  return ({ pid }) => led.has(pid) && !present.has(pid);
}
