import { release, type as systemName } from 'node:os';
import { packageVersion } from '../../lib/version.ts';

/** The greeting of a page, before it draws anything. */
export interface Hello {
  version: string;
  /** Epoch milliseconds of the daemon's clock and of its start; another `startedAt` means another life of the daemon. */
  now: number;
  startedAt: number;
  /** The zone in which days and months of the spend caps turn. */
  timeZone: string;
  /** Node and operating system, for bug reports. */
  platform: string;
}

/** The greeting of a daemon that started then (epoch milliseconds). */
export function hello(startedAt: number): Hello {
  return {
    version: packageVersion(),
    now: Date.now(),
    startedAt,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    platform: `Node ${process.versions.node}, ${systemName()} ${release()}`,
  };
}
