import { cgroupMembers } from './cgroup.ts';
import { collectFamily } from './descendants.ts';
import { forksSinceBoot, identityOfRow, type ProcessIdentity } from './identity.ts';
import type { EnvironmentMarker } from './marker.ts';
import type { ProcessRow, ProcessTable } from './process-row.ts';
import { scanProcesses } from './process-table.ts';

/** A living member of a family, as a look found it. */
export interface Member {
  row: ProcessRow;
  identity: ProcessIdentity;
}

/** Traits by which a hunt recognises a family. */
export interface HuntTraits {
  root?: ProcessIdentity | undefined;
  marker: EnvironmentMarker;
  /** Directories of cgroups of which every member belongs. */
  cgroups: readonly string[];
  /** True for a process that belongs though no trait of its own shows it. */
  claims?: ((row: ProcessRow) => boolean) | undefined;
}

export interface Hunt {
  /** Living members of the family. None means that two looks in a row found none. */
  look(): Promise<Member[]>;
}

/** Looks for a family again and again, and remembers whom it saw: their children belong even once they are dead. */
export function createHunt({ root, marker, cgroups, claims }: HuntTraits): Hunt {
  let known: ProcessIdentity[] = [];
  const lookOnce = async () => {
    const before = new Set(cgroups.flatMap(cgroupMembers));
    const scan = await scanProcesses(marker.name, (value) => value === marker.value);
    // A pid in it before and after has a row in between that cannot be a stranger's.
    const enclosed = new Set(cgroups.flatMap(cgroupMembers).filter((pid) => before.has(pid)));
    const forks = forksSinceBoot();
    const family = collectFamily(scan, { root, marker, known, enclosed, claims }).map((row) => ({
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
function stillLeads(table: ProcessTable, family: readonly Member[]): (identity: ProcessIdentity) => boolean {
  const present = new Set(family.map(({ row }) => row.pid));
  const led = new Set([...table.values()].flatMap(({ sid, pgid }) => [sid, pgid]));
  return ({ pid }) => led.has(pid) && !present.has(pid);
}
