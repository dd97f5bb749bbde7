import type { Manifest } from './manifest.ts';

/** What is known of a home at the moment that its copy begins. */
export interface Begun {
  database: Manifest['database'];
  generation: number;
  /** Tables that had rows then. */
  filled: string[];
  /** Rows of each table where they are known from the snapshot itself; else they are counted in the copy. */
  counts?: Record<string, number>;
}

/** What the database says once its files are copied. */
export interface BaseBackup {
  /** The text of `backup_label`, without which PostgreSQL would start from the wrong place. */
  label: string;
  /** The last segment of the log that the copy needs. */
  lastSegment: string;
}

/** The home that is copied, as a running daemon or as files that nobody uses. */
export interface Source {
  /** Holds what would delete or checkpoint, and begins the snapshot. */
  begin(): Promise<Begun>;
  /** The dump of a server, where that is the database; it stands in a file. */
  dump?: { path: string };
  /** Ends the snapshot; undefined where nobody works on the files. */
  databaseCopied(): Promise<BaseBackup | undefined>;
  /** Called again and again while bytes go through, so that the hold goes on. */
  breathe(): Promise<void>;
  /** Those of these tables that have rows now. */
  stillFilled(tables: readonly string[]): Promise<string[]>;
  /** Gives everything free. A second call does nothing. */
  end(): Promise<void>;
}
