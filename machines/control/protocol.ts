/** Input of the server. */
export interface ControlServerInput {
  /** Path of the Unix socket, in a folder that only we can enter. */
  socketPath: string;
}

/** Commands to the server: an orderly end, and to send what inspectors wait for. */
export type ControlServerCommand = { type: 'child.stop' } | { type: 'inspections.flush' };

/** News of the server. `control.failed` and `control.closed` are its last words. */
export type ControlServerFact =
  | { type: 'inspections.pending' }
  | { type: 'control.listening'; socketPath: string }
  | { type: 'control.failed'; message: string }
  | { type: 'control.closed' };
