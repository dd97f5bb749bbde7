import { type FSWatcher, watch } from 'node:fs';
import { fromCallback, fromPromise } from 'xstate';
import type {
  ClosePipeInput,
  PipeCommand,
  PipeFact,
  PipeInput,
} from '../../machines/fifo-reader/protocol.ts';
import { messageOf } from '../../src/lib/errors.ts';
import type { AcceptedBatch, Intake } from '../../src/lib/journal/intake.ts';
import type { Journal } from '../../src/lib/journal/journal.ts';
import {
  closeFifo,
  closeToOthers,
  ensureFifo,
  isStillThere,
  moveIntruderAside,
  type OpenFifo,
  openFifo,
} from '../../src/lib/wire/fifo.ts';

export interface FifoReaderDeps {
  fifoPath: string;
  journal: Journal;
  intake: Intake;
  /** Bytes of journal past which nothing is read until some are recorded. */
  maxJournalBytes: number;
  /** Everything up to this journal position is on the disk now. */
  onSynced: (position: number) => void;
  /** Something other than a pipe of ours stood at the pipe's path and was moved. */
  onMovedAside: (where: string) => void;
  /** The mode of the pipe let others in, or kept us out; it is private again. */
  onMadePrivate?: (mode: number) => void;
}

const chunkBytes = 256 * 1024;
/** While closing, take no more than this: a writer that never stops must not keep the daemon from ending. */
const maxClosingBytes = 16 * 1024 * 1024;

/** The actors of the fifo-reader machine: opening, reading and closing a real named pipe. */
export function createFifoReader(deps: FifoReaderDeps) {
  const { journal, intake } = deps;
  let isFirstPipe = true;
  /** True where the intake has left a part of the journal for the next turn. */
  let hasMore = false;
  /** The end that is open. A reader that crashes cannot close it; the next life does. */
  let held: OpenFifo | undefined;

  const openPipe = fromPromise(async (): Promise<OpenFifo> => {
    const aside = await moveIntruderAside(deps.fifoPath, Date.now());
    if (aside !== undefined) deps.onMovedAside(aside);
    await ensureFifo(deps.fifoPath);
    const opened = openFifo(deps.fifoPath);
    // Only now: what is in the pipe dies with its last open end.
    if (held !== undefined) closeFifo(held);
    held = opened;
    return opened;
  });

  /** Flushes behind the reader's back; whoever waits for an accepted signal waits for this. */
  const sync = async (): Promise<void> => {
    await journal.sync();
    deps.onSynced(journal.syncedPosition());
  };

  /** Moves one chunk from the pipe into the journal. Returns the accepted lines, undefined where the pipe is empty. */
  const takeChunk = (fifo: OpenFifo): AcceptedBatch | undefined => {
    const left = hasMore ? takeIn() : undefined;
    if (left !== undefined) return left;
    if (journal.sizeBytes() >= deps.maxJournalBytes) {
      throw new Error(
        `the journal has reached its ${deps.maxJournalBytes} bytes; it goes on once events are recorded`,
      );
    }
    const moved = journal.take(fifo.fd, chunkBytes);
    if (moved === 0) {
      // An empty pipe right after the start means that the rest of a cut-off line died with the old pipe.
      if (isFirstPipe && intake.hasPartial()) intake.abandonPartial();
      isFirstPipe = false;
      return undefined;
    }
    isFirstPipe = false;
    return takeIn();
  };

  /** What the journal got becomes accepted lines; a chunk of the pipe is never larger than one of the intake. */
  const takeIn = (): AcceptedBatch | undefined => {
    const batch = intake.next(chunkBytes);
    hasMore = batch?.hasMore === true;
    if (batch !== undefined) {
      for (let index = 0; index < batch.count; index += 1)
        journal.addPending(batch.position[index] as number, 1);
    }
    return batch;
  };

  const readPipe = fromCallback<PipeCommand, PipeInput>(
    ({ sendBack: send, receive, input: { fifo, paused: startsPaused } }) => {
      const sendBack = (fact: PipeFact): void => send(fact);
      let paused = startsPaused;
      let stopped = false;
      let hasTurn = false;
      let watcher: FSWatcher | undefined;

      const giveUp = (thrown: unknown): void => {
        if (stopped) return;
        stopped = true;
        sendBack({ type: 'fifo.stuck', reason: messageOf(thrown) });
      };

      // Many things wake it, writes first of all; were each to begin a chain of turns of its own, a flood would take them all.
      const pump = (): void => {
        if (paused || stopped || hasTurn) return;
        try {
          const batch = takeChunk(fifo);
          if (batch === undefined) return;
          sync().catch(giveUp);
          if (batch.count > 0) sendBack({ type: 'fifo.batch', batch });
        } catch (thrown) {
          giveUp(thrown);
          return;
        }
        // One chunk a turn: whoever else lives on this event loop gets its share between two.
        pumpNextTurn();
      };

      const pumpNextTurn = (): void => {
        hasTurn = true;
        setImmediate(() => {
          hasTurn = false;
          pump();
        });
      };

      const verify = async (): Promise<void> => {
        if (!(await isStillThere(fifo))) {
          if (!stopped) sendBack({ type: 'fifo.lost' });
          return;
        }
        if (stopped) return;
        const mode = closeToOthers(fifo);
        if (mode !== undefined) deps.onMadePrivate?.(mode);
        pump();
      };

      watcher = startWatching(fifo.path, pump, () => void verify().catch(giveUp));
      receive((command) => {
        if (command.type === 'pipe.pause') paused = true;
        if (command.type === 'pipe.resume') paused = false;
        if (command.type === 'pipe.verify') void verify().catch(giveUp);
        else pump();
      });
      pumpNextTurn();
      return () => {
        stopped = true;
        watcher?.close();
        watcher = undefined;
      };
    },
  );

  /** Moves what is still in the pipe into the journal, as much as it takes. */
  const takeRest = (fifo: OpenFifo): AcceptedBatch[] => {
    const batches: AcceptedBatch[] = [];
    const end = journal.endPosition() + maxClosingBytes;
    try {
      while (journal.endPosition() < end) {
        const batch = takeChunk(fifo);
        if (batch === undefined) break;
        batches.push(batch);
      }
    } catch {
      // A journal that takes no more has said so before; what it did take is accepted all the same.
    }
    return batches;
  };

  /** Takes what is still in the pipe, so that a writer's last line is kept, then closes it. */
  const closePipe = fromPromise<readonly AcceptedBatch[], ClosePipeInput>(async ({ input: { fifo } }) => {
    if (fifo === undefined) return [];
    const batches = takeRest(fifo);
    const isOurs = await isStillThere(fifo);
    closeFifo(fifo);
    if (held === fifo) held = undefined;
    // The rest of a line that began in a pipe which nobody finds any more will not come, and what comes is another's.
    if (!isOurs && intake.hasPartial()) intake.abandonPartial();
    await sync().catch(() => undefined);
    return batches;
  });

  return { openPipe, readPipe, closePipe };
}

/** Wakes on each write to the pipe (inotify). Without a watch the machine's regular look is all there is. */
function startWatching(path: string, onWrite: () => void, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, (kind) => (kind === 'rename' ? onChange() : onWrite()));
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
