import type { PriorityName } from '../../lib/wire/priority.ts';

/** Categories of what is told about hosts. */
export type NewsCategory =
  | 'host-down'
  | 'host-up'
  | 'host-degraded'
  | 'host-rebooted'
  | 'host-unreachable'
  | 'disk-filling'
  | 'certificate'
  | 'fleet-blind'
  | 'fleet-sighted';

/** Something that happened to a host. */
export interface News {
  category: NewsCategory;
  priority: Exclude<PriorityName, 'HUMAN'>;
  /** One sentence with the host's name. */
  text: string;
  before?: string;
  state?: string;
  detail?: Record<string, unknown>;
  /** Why it is recorded and not sent; left out: it is sent. */
  muted?: string;
}

/** States of a host; `paused` is one that is not polled. */
export type HostState = 'unknown' | 'up' | 'degraded' | 'down' | 'unreachable';
