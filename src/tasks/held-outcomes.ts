import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordRequest } from '../../machines/task/protocol.ts';
import { messageOf } from '../lib/errors.ts';
import { writeWhole } from '../lib/write-whole.ts';

/**
 * Outcomes that wait for the store, as files of the home, so that a daemon that ends meanwhile does not have the deed done
 * again. On a full disk they are held in memory alone.
 */
export interface HeldOutcomes {
  /** Keeps an outcome that could not be recorded; the same again does nothing, once it is kept. */
  keep(request: RecordRequest): void;
  /** The outcome stands in its row, or is no longer ours to record. */
  drop(task: RecordRequest['task']): void;
  /** What a former life has left here, oldest task first. */
  all(): RecordRequest[];
}

/** Held outcomes in this folder, which is made when there is one. `onProblem` is told in a sentence what could not be kept or read. */
export function createHeldOutcomes(dir: string, onProblem: (problem: string) => void): HeldOutcomes {
  const kept = new Set<string>();
  const told = new Set<string>();
  return {
    keep(request) {
      const name = nameOf(request.task);
      if (kept.has(name)) return;
      try {
        mkdirSync(dir, { recursive: true, mode: 0o700 });
        writeWhole(join(dir, name), JSON.stringify(request), { flush: true });
        kept.add(name);
      } catch (thrown) {
        if (told.has(name)) return;
        told.add(name);
        onProblem(`the outcome of task ${request.task.id} waits in memory only: ${messageOf(thrown)}`);
      }
    },
    drop(task) {
      const name = nameOf(task);
      kept.delete(name);
      told.delete(name);
      try {
        rmSync(join(dir, name), { force: true });
      } catch (thrown) {
        // The row stands: what cannot be deleted is found to be recorded at the next start.
        onProblem(`the held outcome ${join(dir, name)} cannot be deleted: ${messageOf(thrown)}`);
      }
    },
    all() {
      sweep(dir);
      return namesIn(dir).flatMap((name) => {
        try {
          const request = JSON.parse(readFileSync(join(dir, name), 'utf8')) as RecordRequest;
          return nameOf(request.task) === name ? [request] : [];
        } catch (thrown) {
          onProblem(`the held outcome ${join(dir, name)} cannot be read: ${messageOf(thrown)}`);
          return [];
        }
      });
    },
  };
}

const suffix = '.json';

/** Removes what a life that was killed had begun to write. */
function sweep(dir: string): void {
  for (const name of namesIn(dir, `${suffix}.new`)) rmSync(join(dir, name), { force: true });
}

function nameOf({ id, worker, attempt }: RecordRequest['task']): string {
  return `${id}.${attempt}.${worker}${suffix}`;
}

function namesIn(dir: string, ending = suffix): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith(ending))
      .sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
  } catch {
    return [];
  }
}
