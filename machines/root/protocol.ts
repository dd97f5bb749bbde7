import type { SupervisorOutput } from '../supervisor/protocol.ts';

/** Commands to the daemon. */
export type RootCommand =
  /** The first signal by which it is to end, such as SIGTERM. */
  { type: 'root.stop' };

/** The end of the daemon; anything but `stopped` is for the service manager to mend by starting it again. */
export type RootOutput = SupervisorOutput;
