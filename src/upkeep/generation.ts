import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../lib/write-whole.ts';

/** Which life of a home this is: 1 before the first restore, and one more with each. */
export interface Generation {
  generation: number;
  /** When it was restored, ISO 8601. */
  restoredAt: string;
  /** The archive that it came from. */
  from: string;
  /** When that archive was begun: what was accepted later is not in this life, ISO 8601. */
  takenAt: string;
}

/** The generation of a home that was restored; undefined for one that never was. */
export function readGeneration(home: string): Generation | undefined {
  try {
    const { generation, restoredAt, from, takenAt } = JSON.parse(
      readFileSync(join(home, 'generation.json'), 'utf8'),
    ) as Record<string, unknown>;
    if (typeof generation !== 'number') return undefined;
    return { generation, restoredAt: String(restoredAt), from: String(from), takenAt: String(takenAt) };
  } catch {
    return undefined;
  }
}

/** Notes it in a home that is being restored. */
export function writeGeneration(home: string, generation: Generation): void {
  writeWhole(join(home, 'generation.json'), `${JSON.stringify(generation)}\n`, { flush: true });
}
