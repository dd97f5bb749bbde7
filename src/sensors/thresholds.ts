import type { Level } from './look.ts';

/** Where levels begin and end, in the unit of the value. A level is left only past `slack`, so that it does not flutter. */
export interface Thresholds {
  warning: number;
  critical: number;
  slack: number;
}

/**
 * The level of a value that is bad when it is high, given the level that was told last: a level is entered at its threshold
 * and left `slack` below it.
 */
export function judgeHigh(value: number, { warning, critical, slack }: Thresholds, before: Level): Level {
  if (value >= critical || (before === 'critical' && value > critical - slack)) return 'critical';
  if (value >= warning || (before !== 'ok' && value > warning - slack)) return 'warning';
  return 'ok';
}

/** The same for a value that is bad when it is low. */
export function judgeLow(value: number, { warning, critical, slack }: Thresholds, before: Level): Level {
  return judgeHigh(-value, { warning: -warning, critical: -critical, slack }, before);
}
