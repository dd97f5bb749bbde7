import { localTime } from '../../lib/local-time.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import { tellOwner } from '../../tasks/tell-owner.ts';

/** The gap between the backup and the restore. */
export interface Gap {
  takenAt: Date;
  now: Date;
  generation: number;
  /** The name by which the daemon of the restored home works: that of its new journal. */
  worker: string;
}

/** One thing that must not go on after a restore as if nothing had been; resolves to how many rows it was about. */
interface Step {
  name: 'expired' | 'held' | 'channels' | 'mail' | 'runs';
  run: (tx: Tx, gap: Gap) => Promise<number>;
}

/** What a restore did to what was open: rows by step. */
export type Settled = Record<Step['name'], number>;

/**
 * A restore takes everybody's memory of what was done back. So what was asked of the owner is asked no more (they may have
 * answered), what was to be sent is for them to send (it may have arrived), and channels begin at now (what came was answered).
 * Scheduled instants of the gap are left to the policies of their jobs, and runs that were under way to those who own them.
 */
const steps: readonly Step[] = [
  {
    name: 'expired',
    async run(tx, { now }) {
      const cards = await tx.query({
        text: `UPDATE discord_cards SET settled_at = $1, version = 'expired' WHERE settled_at IS NULL`,
        values: [now],
      });
      const codes = await tx.query({ text: 'DELETE FROM discord_pairings' });
      return (cards.rowCount ?? 0) + (codes.rowCount ?? 0);
    },
  },
  {
    name: 'held',
    async run(tx, { now, takenAt }) {
      const { rowCount } = await tx.query({
        text: `UPDATE deliveries SET state = 'failed', ended_at = $1, worker = NULL, lease_until = NULL, may_have_arrived = true, reason = $2
                WHERE state IN ('pending', 'sending')`,
        values: [
          now,
          `held: it is from before the restore of the backup of ${localTime(takenAt)} and may have arrived; send it with ninjad deliveries retry`,
        ],
      });
      return rowCount ?? 0;
    },
  },
  {
    name: 'channels',
    async run(tx) {
      const { rowCount } = await tx.query({
        text: 'UPDATE discord_channels SET cursor = NULL, batch_until = NULL WHERE cursor IS NOT NULL',
      });
      return rowCount ?? 0;
    },
  },
  {
    // A folder that was never seen begins at now; what was seen of its mails stays known.
    name: 'mail',
    async run(tx) {
      const { rowCount } = await tx.query({ text: 'DELETE FROM mail_folders' });
      return rowCount ?? 0;
    },
  },
  {
    // Their daemon has a name that nobody bears any more, and an embedded database waits for no other one.
    name: 'runs',
    async run(tx, { worker }) {
      const { rowCount } = await tx.query({
        text: `UPDATE job_fires SET worker = $1 WHERE state IN ('claimed', 'running')`,
        values: [worker],
      });
      return rowCount ?? 0;
    },
  },
];

/** Settles in one transaction what was open when the backup was made, and tells the owner of the gap; `note` is in it too. */
export function settleAfterRestore(
  store: Store,
  gap: Gap,
  note: (tx: Tx, settled: Settled) => Promise<void> = () => Promise.resolve(),
): Promise<Settled> {
  return store.transaction(async (tx) => {
    const settled: Settled = { expired: 0, held: 0, channels: 0, mail: 0, runs: 0 };
    for (const { name, run } of steps) settled[name] = await run(tx, gap);
    await tellOwner(tx, { origin: 'upkeep', text: digestOf(gap, settled), taskId: null, now: gap.now });
    await note(tx, settled);
    return settled;
  });
}

function digestOf({ takenAt, now, generation }: Gap, { expired, held, channels, mail }: Settled): string {
  const facts = [
    `This home was restored from the backup of ${localTime(takenAt)} at ${localTime(now)} (generation ${generation}): what came between is not in it.`,
    ...(channels > 0 ? [`Messages of that time are not read again.`] : []),
    ...(mail > 0 ? [`Mails of that time are not told either: ninjad mail catch-up reads them.`] : []),
    ...(held > 0 ? [`${held} messages of before wait for you: ninjad deliveries --state failed.`] : []),
    ...(expired > 0 ? [`${expired} questions to you have expired.`] : []),
  ];
  return facts.join(' ');
}
