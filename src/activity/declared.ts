import type { Tx } from '../lib/store/store.ts';
import { recordActivity } from './rows.ts';

/** What was done to rows so that they say what config.json says, by name. */
export interface Declaring {
  added: string[];
  changed: string[];
  removed: string[];
  /** Sentences about what could not be taken. */
  problems: string[];
}

const maxSummaryChars = 1_000;

/** Nothing done yet. */
export function nothingDeclared(): Declaring {
  return { added: [], changed: [], removed: [], problems: [] };
}

/** Writes into the activity log what was added, changed and removed; nothing where nothing was. */
export async function recordDeclared(
  tx: Tx,
  done: Declaring,
  { action, now }: { action: string; now: Date },
): Promise<void> {
  const changes = (['added', 'changed', 'removed'] as const).filter((what) => done[what].length > 0);
  if (changes.length === 0) return;
  const summary = changes.map((what) => `${what}: ${done[what].join(', ')}`).join('; ');
  await recordActivity(tx, {
    at: now,
    actor: 'config.json',
    action,
    summary: summary.slice(0, maxSummaryChars),
  });
}
