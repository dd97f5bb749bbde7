import type { ControlClient } from './faces/control/client.ts';
import type { Operations } from './operations.ts';

/** A client of the daemon, with every operation that it has. */
export type DaemonClient = ControlClient<Operations>;
