import { isNotedNoMore } from '../memory/rows/bundles.ts';

/** What becomes of a part of the home when it takes more than its budget. */
export type Fate =
  /** The oldest of it goes for the budget, in the order of `shrunkTables`. */
  | 'first'
  /** Only its age ends it, by the settings of retention. */
  | 'by age'
  /** It never goes by itself. */
  | 'never'
  /** It comes and goes with the work, or is fetched again. */
  | 'passing'
  /** It has a limit of its own and does not count against the budget. */
  | 'apart';

/** A part of the home by the names of its tables or of its files and folders. */
export interface Part {
  name: string;
  fate: Fate;
  /** One sentence for people. */
  says: string;
  tables?: readonly RegExp[];
  entries?: readonly string[];
}

/** The parts of the database; a table belongs to the first one that knows it. */
export const tableParts: readonly Part[] = [
  {
    name: 'transcripts',
    fate: 'first',
    says: 'what agents did, step by step',
    tables: [/^task_transcripts$/],
  },
  {
    name: 'samples',
    fate: 'first',
    says: 'figures of this machine and of the fleet over time',
    tables: [/^self_samples$/, /^fleet_(?:reports|spans)$/, /^slow_statements$/, /^rule_days$/],
  },
  {
    name: 'events',
    fate: 'first',
    says: 'finished events; those of conversations stay',
    tables: [/^events$/],
  },
  {
    name: 'memories',
    fate: 'never',
    says: 'memories with their vectors',
    tables: [/^memory_/, /^embedding_models$/],
  },
  {
    name: 'graph',
    fate: 'never',
    says: 'who and what the memories are about',
    tables: [/^entit(?:y|ies)/, /^graph_/],
  },
  {
    name: 'decisions',
    fate: 'never',
    says: 'wishes, findings, goals, rules and settings',
    tables: [
      /^wish/,
      /^optimization_findings$/,
      /^finding_/,
      /^goals$/,
      /^rule_versions$/,
      /^config$/,
      /^sensors$/,
      /^machines$/,
    ],
  },
  {
    name: 'tasks',
    fate: 'by age',
    says: 'tasks with their replies and costs',
    tables: [/^tasks$/, /^task_costs$/, /^self_tasks$/, /^conversation/],
  },
  { name: 'history', fate: 'by age', says: 'all other tables', tables: [/./] },
];

/** The parts of the home beside the tables. */
export const folderParts: readonly Part[] = [
  {
    name: 'database log',
    fate: 'passing',
    says: 'the write-ahead log of the database, rewritten again and again',
    entries: ['pg/pg_wal'],
  },
  { name: 'journal', fate: 'passing', says: 'lines that are not in the database yet', entries: ['journal'] },
  { name: 'spool', fate: 'passing', says: 'long texts and attachments', entries: ['spool'] },
  { name: 'work', fate: 'never', says: 'the folders of agents and drafts', entries: ['work', 'drafts'] },
  { name: 'models', fate: 'passing', says: 'models that were downloaded', entries: ['models'] },
  { name: 'logs', fate: 'passing', says: 'what the daemon has said', entries: ['logs'] },
  { name: 'backups', fate: 'apart', says: 'backups; backup.keep* says how many', entries: ['backups'] },
];

/** A table whose oldest rows go for the budget. */
export interface ShrunkTable {
  part: string;
  table: string;
  /** How old a row is. */
  age: string;
  /** What rows are found by, the oldest first. */
  order: string;
  /** Which rows may go. */
  may: string;
}

/** What goes for the budget, in that order. */
export const shrunkTables: readonly ShrunkTable[] = [
  { part: 'transcripts', table: 'task_transcripts', age: 'recorded_at', order: 'recorded_at', may: 'true' },
  { part: 'samples', table: 'self_samples', age: 'at', order: 'at', may: 'true' },
  { part: 'samples', table: 'fleet_reports', age: 'at', order: 'id', may: 'true' },
  { part: 'samples', table: 'fleet_spans', age: 'at', order: 'at', may: 'step_s < 86400' },
  {
    part: 'events',
    table: 'events',
    age: 'received_at',
    order: 'id',
    may: `status IN ('done', 'dropped') AND conversation IS NULL AND ${isNotedNoMore}`,
  },
];
