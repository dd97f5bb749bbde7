import type { AcceptedBatch } from '../../src/lib/journal/intake.ts';
import type { OpenFifo } from '../../src/lib/wire/fifo.ts';

/** Commands of the mailbox: its bound is reached, and there is room again. */
export type FifoReaderCommand = { type: 'reader.pause' } | { type: 'reader.resume' };

/** Commands to the actor that reads the pipe. */
export type PipeCommand = { type: 'pipe.pause' } | { type: 'pipe.resume' } | { type: 'pipe.verify' };

/** News of the pipe. After `fifo.stuck` nothing is read any more. */
export type PipeFact =
  | { type: 'fifo.batch'; batch: AcceptedBatch }
  | { type: 'fifo.lost' }
  | { type: 'fifo.stuck'; reason: string };

/** Input of `readPipe`. */
export interface PipeInput {
  fifo: OpenFifo;
  paused: boolean;
}

/** Input of `closePipe`; undefined where no pipe is open. */
export interface ClosePipeInput {
  fifo: OpenFifo | undefined;
}
