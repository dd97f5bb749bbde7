import { DAY, HOUR, MINUTE, SECOND } from '../lib/time.ts';

/** What is known of times in which nothing could be started; forgotten once the instants in them are accounted for. */
export interface Gaps {
  /** The scheduler began then. */
  beganAt: Date;
  /** The wall clock went from here on faster than time. */
  jump?: { from: Date; byMs: number } | undefined;
  /** No statement was answered from here on. */
  awaySince?: Date | undefined;
}

/** Why an instant was missed. */
export function missedBecause({ beganAt, jump, awaySince }: Gaps, instant: Date): string {
  if (instant <= beganAt) return 'the daemon was not running';
  if (jump !== undefined && instant >= jump.from)
    return `the machine slept or its clock was set forward, by ${spanWords(jump.byMs)}`;
  if (awaySince !== undefined && instant >= awaySince) return 'the database was away';
  return 'the daemon was too busy to start it in time';
}

/** A span of time in words, such as `2 m 14 s`. */
export function spanWords(ms: number): string {
  const units = [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'm'],
    [SECOND, 's'],
  ] as const;
  const place = units.findIndex(([size]) => ms >= size);
  if (place === -1) return `${Math.round(ms)} ms`;
  const [large = [SECOND, 's'] as const, small] = units.slice(place);
  const count = Math.floor(ms / large[0]);
  const rest = small === undefined ? 0 : Math.floor((ms % large[0]) / small[0]);
  return rest === 0 || small === undefined
    ? `${count} ${large[1]}`
    : `${count} ${large[1]} ${rest} ${small[1]}`;
}
