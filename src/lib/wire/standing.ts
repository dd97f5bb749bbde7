import { type Trust, trustOf } from './trust.ts';

/** Inheritance of a task from the one that queued it. */
export interface Lineage {
  /** 1 for a task that was queued by one that nobody queued. */
  depth: number;
  trust: Trust;
}

/** Trust in a task, and the number of tasks between it and somebody's event. */
export interface Standing {
  trust: Trust;
  depth: number;
}

/** The source of tasks that tasks queue. */
export const selfSource = 'self';

/**
 * A task's standing: that of its source, or what it inherited. A line that merely claims to come from `self` has no
 * lineage: nobody knows who wrote it, and it may queue nothing.
 */
export function standingOf({ source, lineage }: { source: string; lineage?: Lineage | null }): Standing {
  if (lineage != null) return { trust: lineage.trust, depth: lineage.depth };
  if (isSelf(source)) return { trust: 'untrusted', depth: Infinity };
  return { trust: trustOf(source), depth: 0 };
}

function isSelf(source: string): boolean {
  const name = source.toLowerCase();
  return name === selfSource || name.startsWith(`${selfSource}:`);
}
