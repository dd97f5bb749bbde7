import type { Store, Tx } from '../lib/store/store.ts';

/** One JSON object of an export. */
export type ExportedRow = Record<string, unknown>;

/** A page of a part, and where the next one begins; null where there is none. */
export interface PartPage {
  rows: ExportedRow[];
  after: number | null;
}

/** Something of a home that is the owner's: a file of an export. */
export interface HomePart {
  /** Its file is NAME.jsonl. */
  name: string;
  /** One sentence for the README of an export. */
  says: string;
  page: (store: Pick<Store, 'query'>, after: number, limit: number) => Promise<PartPage>;
  /** Stores a row of an export; resolves to false where it is there already. A part without it is only for reading. */
  put?: (tx: Tx, row: ExportedRow) => Promise<boolean>;
  /** The same for many rows at once, which are counted in `taken`. */
  putAll?: (tx: Tx, rows: readonly ExportedRow[], taken: Taken) => Promise<void>;
}

/** What became of rows that were brought in. */
export interface Taken {
  imported: number;
  known: number;
  /** Rows that could not be read, the first of them with why. */
  bad: number;
  problems: string[];
}

const shownProblems = 5;

/** Counts a row that could not be read. */
export function noteBad(taken: Taken, problem: string): void {
  taken.bad += 1;
  if (taken.problems.length < shownProblems) taken.problems.push(problem.slice(0, 300));
}
