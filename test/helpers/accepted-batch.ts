import type { AcceptedBatch } from '../../src/lib/journal/intake.ts';

/** One accepted line by reference. */
export interface AcceptedLine {
  position: number;
  length: number;
  priority: number;
  coalesceKey?: string | undefined;
}

/** Lines as the intake hands them on. */
export function acceptedBatch(lines: readonly AcceptedLine[]): AcceptedBatch {
  return {
    count: lines.length,
    position: Float64Array.from(lines, ({ position }) => position),
    length: Uint32Array.from(lines, ({ length }) => length),
    priority: Uint8Array.from(lines, ({ priority }) => priority),
    coalesceKeys: new Map(
      lines.flatMap(({ coalesceKey }, index) => (coalesceKey === undefined ? [] : [[index, coalesceKey]])),
    ),
  };
}
