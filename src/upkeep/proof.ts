import type { Store } from '../lib/store/store.ts';
import { DAY, HOUR } from '../lib/time.ts';

/** How the last run of its kind ended, and when the last one was that ended well; null where there was none. */
export interface LastRun {
  at: Date;
  state: 'done' | 'failed';
  doneAt: Date | null;
}

/** When it was last proven that the home can be restored. */
export interface Proof {
  backup: LastRun | null;
  drill: LastRun | null;
}

/** The proof before the store was asked. */
export const noProof: Proof = { backup: null, drill: null };

/** Reads it from the runs by the clock. */
export async function readProof(store: Pick<Store, 'query'>): Promise<Proof> {
  const { rows } = await store.query<LastRun & { kind: 'create' | 'drill' }>({
    name: 'upkeep-proof',
    text: `SELECT DISTINCT ON (kind) kind, ended_at AS at, state,
                  (SELECT max(ended_at) FROM upkeep_runs done WHERE done.kind = upkeep_runs.kind AND done.state = 'done') AS "doneAt"
             FROM upkeep_runs ORDER BY kind, at DESC, id DESC`,
  });
  const of = (kind: string): LastRun | null => {
    const found = rows.find((row) => row.kind === kind);
    return found === undefined ? null : { at: found.at, state: found.state, doneAt: found.doneAt };
  };
  return { backup: of('create'), drill: of('drill') };
}

/** What the schedule of backups promises; `since` is when this daemon began to keep it. */
export interface Promised {
  backups: boolean;
  drillDays: number | null;
  since: Date;
}

const backupLateMs = 2 * DAY;

/** What has not been proven for too long, in a sentence; undefined where all is as promised. */
export function staleProof(
  proof: Proof,
  { backups, drillDays, since }: Promised,
  now: Date,
): string | undefined {
  if (!backups) return undefined;
  const age = (run: LastRun | null): number => now.getTime() - (run?.doneAt ?? since).getTime();
  if (age(proof.backup) > backupLateMs)
    return `No backup has succeeded for ${days(age(proof.backup))}, though backup.at has one made each day: ninjad backup create says why.`;
  if (drillDays !== null && age(proof.drill) > (2 * drillDays + 1) * DAY)
    return `It was not proven for ${days(age(proof.drill))} that a backup can be restored, though backup.drillDays is ${drillDays}: ninjad backup drill says why.`;
  return undefined;
}

function days(ms: number): string {
  const whole = Math.floor(ms / DAY);
  return whole < 2 ? `${Math.floor(ms / HOUR)} hours` : `${whole} days`;
}
