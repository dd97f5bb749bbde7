import { z } from 'zod';
import { importedOf, lineOf, memoryLine } from '../memory/memory-line.ts';
import { importMemories } from '../memory/rows/import-memories.ts';
import { exportPage } from '../memory/rows/memories.ts';
import { conversations } from './conversations.ts';
import { type HomePart, noteBad } from './home-part.ts';
import { tablePart } from './table-part.ts';

const pageChars = 1_000_000;

const memories: HomePart = {
  name: 'memories',
  says: 'what is remembered; memories/ has it to read, a month a file',
  async page(store, after, limit) {
    const rows = await exportPage(store, { after, limit, maxChars: pageChars });
    return { rows: rows.map(lineOf), after: rows.at(-1)?.id ?? null };
  },
  async putAll(tx, rows, taken) {
    const lines = rows.flatMap((row) => {
      const parsed = memoryLine.safeParse(row);
      if (parsed.success) return [importedOf(parsed.data, { ceiling: 'owner', now: new Date() })];
      noteBad(taken, z.prettifyError(parsed.error));
      return [];
    });
    const imported = lines.length === 0 ? 0 : await importMemories(tx, lines);
    taken.imported += imported;
    taken.known += lines.length - imported;
  },
};

/** A wish that was just being drafted, or whose draft lies here, is to be drafted anew where it comes to. */
function restWish(row: Record<string, unknown>): Record<string, unknown> {
  return row['state'] === 'drafting' ? { ...row, state: 'approved' } : row;
}

/** To be read; what was done in another home was not done in this one. */
const { name, says, page } = tablePart({
  name: 'activity',
  says: 'what was done and by whom; only to be read',
  table: 'activity_log',
  key: ['at'],
  omit: [],
});
const activity: HomePart = { name, says, page };

/** All that an export has, in the order in which it is brought into another home. */
export const homeParts: readonly HomePart[] = [
  memories,
  conversations,
  tablePart({
    name: 'wishes',
    says: 'wishes with their drafts, comments and what was decided',
    table: 'wishlist',
    key: ['fingerprint', 'created_at'],
    omit: ['finding_id', 'task_id'],
    children: [
      { table: 'wish_drafts', parent: 'wish_id', omit: ['task_id', 'worker'], order: 'c.version' },
      { table: 'wish_comments', parent: 'wish_id', omit: ['id'], order: 'c.id' },
      { table: 'wish_moves', parent: 'wish_id', omit: ['id'], order: 'c.id' },
    ],
    adapt: restWish,
  }),
  tablePart({
    name: 'findings',
    says: 'findings that you have decided on',
    table: 'optimization_findings',
    where: `t.state IN ('accepted', 'dismissed')`,
    key: ['kind', 'fingerprint', 'first_seen_at'],
    omit: [],
  }),
  tablePart({
    name: 'goals',
    says: 'goals that you have made; those of config.json are there',
    table: 'goals',
    where: 't.declared_by IS NULL AND t.removed_at IS NULL',
    key: ['name'],
    stands: 'k.removed_at IS NULL',
    omit: ['kept_state', 'removed_at'],
  }),
  tablePart({
    name: 'machines',
    says: 'hosts of the fleet, without those that report by themselves: their tokens are secrets',
    table: 'machines',
    where: `t.declared_by IS NULL AND t.removed_at IS NULL AND t.kind <> 'push'`,
    key: ['name'],
    stands: 'k.removed_at IS NULL',
    omit: [
      'worker',
      'push_token_hash',
      'memory',
      'report',
      'report_at',
      'report_before',
      'next_poll_at',
      'last_told_at',
      'removed_at',
      'removed_behind',
    ],
  }),
  tablePart({
    name: 'entities',
    says: 'whom and what you have taught; all else is learned from the memories again',
    table: 'entities',
    where: 't.taught',
    key: ['kind', 'canonical'],
    omit: ['mentions', 'evidence'],
    children: [{ table: 'entity_names', parent: 'entity_id', omit: ['id'], order: 'c.id' }],
  }),
  activity,
];

/** The part of this name, or undefined. */
export function partOf(name: string): HomePart | undefined {
  return homeParts.find((part) => part.name === name);
}
