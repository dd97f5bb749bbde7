import { z } from 'zod';
import { BackupError } from './failure.ts';

/** The newest form of archives that this program reads and the one that it writes. */
export const archiveFormat = 1;

const packedFile = z.object({
  path: z.string(),
  bytes: z.number().int().min(0),
  sha256: z.string().length(64),
});
const leftOutEntry = z.object({ path: z.string(), why: z.string() });

/** What an archive says of itself. */
export const manifestSchema = z.object({
  format: z.literal(archiveFormat),
  /** The program that made it. */
  program: z.object({ version: z.string(), node: z.string() }),
  /** When the copy began: all that was accepted before is in it. ISO 8601. */
  at: z.string(),
  host: z.string(),
  home: z.string(),
  /** How often this home was restored: 1 before the first time. */
  generation: z.number().int().min(1),
  database: z.object({
    kind: z.enum(['embedded', 'server']),
    /** PostgreSQL's own version. */
    server: z.string(),
    /** The newest migration. */
    schema: z.number().int(),
    /** The major version of the pg_dump that made the dump of a server; an older pg_restore cannot read it. */
    dumpedBy: z.number().int().exactOptional(),
  }),
  codec: z.enum(['zstd', 'gzip']),
  withSecrets: z.boolean(),
  payload: z.object({ bytes: z.number().int(), sha256: z.string() }),
  files: z.array(packedFile),
  /** Rows of each table, counted in the copy itself or in the snapshot that was dumped. */
  counts: z.record(z.string(), z.number().int()),
  leftOut: z.array(leftOutEntry),
  /** What could not be read though it belongs into a backup. */
  unread: z.array(leftOutEntry),
  outside: z.array(z.string()),
});

/** See `manifestSchema`. */
export type Manifest = z.output<typeof manifestSchema>;
/** A file of an archive. */
export type PackedFile = z.output<typeof packedFile>;
/** Something that is not in an archive. */
export type LeftOut = z.output<typeof leftOutEntry>;

/** Reads a manifest; throws a `BackupError` for one of a later program, and for one that is none. */
export function parseManifest(text: string, path: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BackupError('damaged', `${path}: its manifest is damaged`, { cause });
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > archiveFormat) {
    throw new BackupError(
      'otherVersion',
      `${path} has the form ${format}, and this ninjad reads up to ${archiveFormat}: use a newer one`,
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw new BackupError('damaged', `${path}: its manifest is damaged`);
  return parsed.data;
}
