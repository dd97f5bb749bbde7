import { existsSync, renameSync, rmSync } from 'node:fs';
import { createEventIds } from '../../events/rows/register-journal.ts';
import { findRecorded } from '../../events/rows/record-events.ts';
import { createIntake } from '../../lib/journal/intake.ts';
import { openJournal } from '../../lib/journal/journal.ts';
import { type JournalLine, rebuildJournal } from '../../lib/journal/rebuild.ts';
import type { Store } from '../../lib/store/store.ts';
import { DAY } from '../../lib/time.ts';

export interface RenewOptions {
  store: Store;
  /** When the backup was begun. */
  takenAt: Date;
  /** A line that is older and not in the database was deleted there for its age, and does not come back. */
  keptDays: number;
}

/**
 * Begins a new journal with the lines of the old one that the database does not have. The positions of the old one must not go
 * on: new lines would pass for events that came after the backup. Resolves to how many lines there are, and to the name of the
 * new journal, which is that of its daemon too.
 */
export async function renewJournal(
  dir: string,
  options: RenewOptions,
): Promise<{ lines: number; uuid: string }> {
  const old = `${dir}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(dir)) renameSync(dir, old);
  const lines = existsSync(old) ? await unrecordedLines(old, options) : [];
  rebuildJournal(dir, lines);
  rmSync(old, { recursive: true, force: true });
  const journal = openJournal({ dir });
  journal.close();
  return { lines: lines.length, uuid: journal.uuid };
}

async function unrecordedLines(
  dir: string,
  { store, takenAt, keptDays }: RenewOptions,
): Promise<JournalLine[]> {
  const journal = openJournal({ dir });
  try {
    const intake = createIntake({
      journal,
      coalesces: () => false,
      onRejected: () => undefined,
      onLowered: () => undefined,
    });
    const ids = createEventIds(store, { uuid: journal.uuid });
    const oldest = takenAt.getTime() - keptDays * DAY;
    const lines: JournalLine[] = [];
    for (let batch = intake.next(); batch !== undefined; batch = intake.next()) {
      const positions = Array.from(batch.position);
      await ids.prepare(positions);
      const recorded = await findRecorded(
        store,
        positions.map((at) => ids.idOf(at)),
      );
      for (const [index, position] of positions.entries()) {
        const receivedAt = journal.receivedAt(position) ?? takenAt.getTime();
        if (recorded.has(ids.idOf(position)) || receivedAt < oldest) continue;
        const bytes = Buffer.alloc(batch.length[index] as number);
        journal.readInto(bytes, 0, position, bytes.length);
        lines.push({ bytes, receivedAt });
      }
    }
    return lines;
  } finally {
    journal.close();
  }
}
