import type { Manifest } from './manifest.ts';

/** What is known of a home at the moment that its copy begins. */
export interface Begun {
  database: Manifest['database'];
  generation: number;
  /** Tables that had rows then. */
  filled: string[];
  /** Rows of each table where they are known from the snapshot itself; the copy has to have the same. */
  counts?: Record<string, number>;
}

/** What the database says once its files are copied. */
export interface BaseBackup {
  /** The text of `backup_label`, without which PostgreSQL would start from the wrong place. */
  label: string;
  /** The last segment of the log that the copy needs. */
  lastSegment: string;
}

/** A home in which nothing that a copy is still to read is deleted, from `begin` to `end`. */
export interface HeldHome<Seen = object> {
  /** Holds what would delete or checkpoint. */
  begin(): Promise<Seen & { generation: number }>;
  /** Ends the snapshot; undefined where nobody works on the files. */
  databaseCopied(): Promise<BaseBackup | undefined>;
  /** Called again and again while bytes go through, so that the hold goes on. */
  breathe(): Promise<void>;
  /** Gives everything free. A second call does nothing. */
  end(): Promise<void>;
}

/** The home that is copied, as a running daemon or as files that nobody uses; `begin` begins the snapshot besides. */
export interface Source extends HeldHome<Omit<Begun, 'generation'>> {
  /** Bytes that the copy takes on the disk for a while. */
  room(): Promise<number>;
  /** The dump of a server, where that is the database; it stands in a file. */
  dump?: { path: string };
  /** Those of these tables that have rows now. */
  stillFilled(tables: readonly string[]): Promise<string[]>;
}
