import { countUnread } from '../../../chat/rows/conversations.ts';
import { findingsWaiting } from '../../../findings/waiting.ts';
import { DAY, HOUR } from '../../../lib/time.ts';
import { countEach } from '../../../lib/store/count-each.ts';
import type { Store } from '../../../lib/store/store.ts';
import { type TroubledHost, troubledHosts } from '../../../fleet/rows/troubled.ts';
import { listNotices, type Notice } from '../../../notices/rows.ts';
import { noticesWaiting } from '../../../notices/waiting.ts';
import { lastEndedTasks } from '../../../tasks/rows/task-page.ts';
import { deadLettersWaiting, doubtsWaiting } from '../../../tasks/waiting.ts';
import { noProof, type Proof, readProof } from '../../../upkeep/proof.ts';
import { wishesWaiting } from '../../../wishes/waiting.ts';

/** Counts of what only the owner can do something about: one line a concern. */
const waitingCounts = {
  ...wishesWaiting,
  ...findingsWaiting,
  ...doubtsWaiting,
  ...deadLettersWaiting,
  ...noticesWaiting,
};

/** The part of a pulse that only the store knows. */
export interface Asked {
  /** Counts of what only the owner can do something about. */
  waiting: Record<keyof typeof waitingCounts | 'unread', number>;
  /** When it was last proven that the home can be restored. */
  upkeep: Proof;
  /** The newest notices that were not seen, two at most. */
  notices: Notice[];
  /** Hosts in trouble, those that are down first, six at most. */
  hosts: TroubledHost[];
  /** How many hosts are down, and how many in any trouble. */
  hostsInTrouble: { down: number; all: number };
  /** How the last tasks ended: the newest one, and how many were done or failed one after the other. */
  lately: {
    lastEnded: { taskId: number; state: string; at: number } | null;
    doneInARow: number;
    failedInARow: number;
    failedLastHour: number;
  };
}

const lookedBack = 50;
const unreadMs = 30 * DAY;
const shownNotices = 2;
const shownHosts = 6;

/** The same before the store was asked. */
export const nothingAsked: Asked = {
  waiting: { wishes: 0, findings: 0, doubts: 0, deadLetters: 0, notices: 0, unread: 0 },
  upkeep: noProof,
  notices: [],
  hosts: [],
  hostsInTrouble: { down: 0, all: 0 },
  lately: { lastEnded: null, doneInARow: 0, failedInARow: 0, failedLastHour: 0 },
};

/** Asks the store for its part of a pulse; `now` in epoch milliseconds. */
export async function askNow(store: Pick<Store, 'query'>, now: number): Promise<Asked> {
  const counts = await countEach(store, 'waiting-for-the-owner', waitingCounts);
  const unread = await countUnread(store, { since: new Date(now - unreadMs) });
  const notices = counts.notices === 0 ? [] : await listNotices(store, { unseen: true, limit: shownNotices });
  const upkeep = await readProof(store);
  const { hosts, down, troubled } = await troubledHosts(store, shownHosts);
  return {
    ...{ waiting: { ...counts, unread }, upkeep, notices, hosts },
    hostsInTrouble: { down, all: troubled },
    lately: await askLately(store, now),
  };
}

async function askLately(store: Pick<Store, 'query'>, now: number): Promise<Asked['lately']> {
  const ended = await lastEndedTasks(store, lookedBack);
  const [newest] = ended;
  const inARow = (isOne: (state: string) => boolean): number => {
    const end = ended.findIndex(({ state }) => !isOne(state));
    return end === -1 ? ended.length : end;
  };
  const hasFailed = (state: string): boolean => state === 'failed' || state === 'dead';
  const isLate = (at: Date): boolean => now - at.getTime() < HOUR;
  return {
    lastEnded:
      newest === undefined
        ? null
        : { taskId: newest.id, state: newest.state, at: newest.finishedAt.getTime() },
    doneInARow: inARow((state) => state === 'done'),
    failedInARow: inARow(hasFailed),
    failedLastHour: ended.filter(({ state, finishedAt }) => hasFailed(state) && isLate(finishedAt)).length,
  };
}
