/** Input of the server: the address to listen at. */
export interface DashboardServerInput {
  /** The address to bind; anything but loopback is the owner's explicit wish. */
  host: string;
  /** Port 0 takes any free one. */
  port: number;
}

/** Commands to the server: an orderly end, push what is gathered, the half-second beat. */
export type DashboardServerCommand =
  { type: 'child.stop' } | { type: 'feeds.flush' } | { type: 'feeds.pulse' };

/** News of the server. `dashboard.failed` and `dashboard.closed` are its last words. */
export type DashboardServerFact =
  | { type: 'dashboard.listening'; url: string }
  | { type: 'dashboard.failed'; reason: string }
  | { type: 'dashboard.closed' }
  | { type: 'feeds.pending' }
  | { type: 'feeds.flushed' };
