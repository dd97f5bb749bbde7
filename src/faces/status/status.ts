import type { ModelState, ModelStates } from '../../lib/inference/inference.ts';
import type { Tier } from '../../lib/process/containment/containment.ts';
import type { MemoryProgress } from '../../memory/keep/memory-board.ts';
import type { ScheduleStatus } from '../../schedule/status.ts';
import type { SpendState } from '../../spend/ledger.ts';
import type { RoomState } from '../../storage/room.ts';
import type { UnfinishedLine } from '../../lib/journal/intake.ts';
import type { PriorityName } from '../../lib/wire/priority.ts';
import type { Shortage } from '../../tasks/room/room.ts';
import type { LoopDelay } from '../../lib/loop-delay.ts';

/** One actor of the tree as its supervisor describes it. */
export interface ChildStatus {
  id: string;
  /** The supervisor's word: `starting`, `running`, `restarting`, `stopping`, `stopped`, `failed`, … */
  state: string;
  /** The child's own state where it is a machine, such as `away`. */
  value?: unknown;
  restart?: 'permanent' | 'transient' | 'temporary';
  restarts: number;
  lastError?: string | undefined;
  /** Epoch milliseconds of the last change. */
  since: number;
  children?: readonly ChildStatus[] | undefined;
}

/** Room for agents on the machine; memory as measured at the last look. */
export interface RoomStatus {
  lanes: number;
  waitsFor: Shortage | null;
  memoryBytes: number;
  /** `tasks.maxMemory`, or what it comes to here. */
  maxMemoryBytes: number;
}

/** What `ninjad status --json` prints. Times are epoch milliseconds, money US dollars. */
export interface Status {
  pid: number;
  version: string;
  home: string;
  fifo: string;
  ready: boolean;
  /** Why it is not ready, a sentence each. */
  notReadyBecause?: readonly string[];
  startedAt: number;
  /** Where the dashboard listens, without anything that lets anybody in; or why it does not. */
  dashboard: { url: string | null; reason?: string | null };
  database: {
    kind: 'embedded' | 'server';
    /** Where psql connects to it, without a password. */
    url: string;
    state: string;
    lastError?: string | null;
  };
  /** The models, each for itself, and all of them in a word: `ready` where all that is wanted is. */
  inference: { state: ModelState['state'] } & ModelStates;
  /** How many memories are prepared, and have a vector of the embedder that serves; `degraded` says why it is not the real one. */
  memory: MemoryProgress;
  agent: { kind: string; path: string | null; version: string | null; reason?: string | null };
  /** How the processes of tasks are held together, and why so. */
  containment: Tier;
  mailbox: { depth: number; byPriority: Readonly<Record<PriorityName, number>> };
  /** Byte positions: read up to `endPosition`, on the disk up to `syncedPosition`. `pendingLines` are not yet recorded. */
  journal: { endPosition: number; syncedPosition: number; pendingLines: number; sizeBytes: number };
  /** The line in the pipe that waits for its newline; null where there is none. */
  unfinishedLine: UnfinishedLine | null;
  /** How late the event loop was lately. */
  loop: LoopDelay;
  tasks: { running: number; queued: number };
  /** How much runs at once, and what is short where queued tasks wait for that. */
  room: RoomStatus;
  /** What must leave by a channel: open, and failed for good. */
  deliveries: { pending: number; failed: number };
  /** The room on the disk of the home; while it is `low`, what can wait waits. */
  storage: RoomState;
  /** What runs by the clock. */
  schedule: ScheduleStatus;
  /** Events since the start; `accepted` counts lines, the others what became of them. */
  counts: {
    accepted: number;
    rejected: number;
    routed: number;
    done: number;
    dropped: number;
    failed: number;
    deadLettered: number;
  };
  /** By the days and months of the daemon's time zone; `reached` names the cap that is used up. */
  spend: SpendState;
  children: readonly ChildStatus[];
}
