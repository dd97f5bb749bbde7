import { detector, seen } from '../detector.ts';
import { bytes, count } from '../words.ts';

interface Bloat {
  table: string;
  live: number;
  dead: number;
  heapBytes: number;
  /** What its live rows would take; null where nothing is known of them. */
  neededBytes: number | null;
}

/** A page has its own header, and rows and tuples theirs. */
const rowOverheadBytes = 28;

/** Tables that hold much more than their rows. */
export const tableBloat = detector({
  kind: 'table_bloat',
  says: 'a table that holds many dead rows, or takes many times the room of its rows',
  over: 'state',
  thresholds: {
    dead: { value: 10_000, says: 'dead rows' },
    share: { value: 0.5, says: 'times as many dead rows as live ones' },
    factor: { value: 5, says: 'times the room that its rows need' },
    leastBytes: { value: 64_000_000, says: 'bytes of a table, before a factor counts' },
  },
  async detect({ store }, at) {
    const { rows } = await store.query<Bloat>({
      name: 'findings-tables',
      text: `SELECT stat.relname AS table, stat.n_live_tup::float8 AS live, stat.n_dead_tup::float8 AS dead,
                    pg_relation_size(stat.relid)::float8 AS "heapBytes",
                    ((SELECT sum(avg_width) FROM pg_stats WHERE schemaname = stat.schemaname AND tablename = stat.relname)
                      + ${rowOverheadBytes}) * greatest(class.reltuples, stat.n_live_tup, 1)::float8 AS "neededBytes"
               FROM pg_stat_user_tables AS stat JOIN pg_class AS class ON class.oid = stat.relid
              WHERE stat.schemaname = current_schema()
                AND (stat.n_dead_tup >= $1 OR pg_relation_size(stat.relid) >= $2)`,
      values: [at.dead, at.leastBytes],
    });
    return rows
      .filter((row) => isFullOfDead(row, at) || isWide(row, at))
      .map((row) => {
        const { table, live, dead, heapBytes, neededBytes } = row;
        const needs = neededBytes === null ? '' : `, of which its rows need about ${bytes(neededBytes)}`;
        return {
          subject: table,
          severity: 'warning',
          summary: `The table ${table} has ${count(dead, 'dead row')} beside ${count(live, 'live one')} and takes ${bytes(heapBytes)}${needs}`,
          evidence: [seen('table', table, `${dead} dead rows, ${bytes(heapBytes)}`)],
          figures: [
            { name: 'dead rows', value: dead, unit: 'count' },
            { name: 'live rows', value: live, unit: 'count' },
            {
              name: 'room',
              value: heapBytes,
              unit: 'bytes',
              ...(neededBytes !== null && { usual: neededBytes }),
            },
          ],
          remedy:
            'See why rows are not vacuumed: a transaction that stays open, or very many updates. `ninjad psql "VACUUM (FULL) …"` gives the room back, while nobody else can use the table.',
          weight: Math.max(dead, heapBytes / 1_000),
        };
      });
  },
});

function isFullOfDead({ live, dead }: Bloat, at: { dead: number; share: number }): boolean {
  return dead >= at.dead && dead >= at.share * live;
}

function isWide({ heapBytes, neededBytes }: Bloat, at: { factor: number; leastBytes: number }): boolean {
  return neededBytes !== null && heapBytes >= at.leastBytes && heapBytes >= at.factor * neededBytes;
}
