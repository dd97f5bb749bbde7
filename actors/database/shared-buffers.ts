import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const MiB = 1024 * 1024;
const small = 32;
const large = 128;

/**
 * Memory that the embedded database gets for its pages, in PostgreSQL's notation. All of it is written at the start, so
 * 128 MB, its default, cost a third of a second and 100 MB from the first moment on. They pay once the tables are
 * larger than that: `npm run bench:recall` finds 10,000 memories equally fast with 32 MB and 100,000 twice as slowly.
 */
export function sharedBuffersFor(dataDir: string): string {
  return `${bytesIn(join(dataDir, 'base')) > large * MiB ? large : small}MB`;
}

/** The bytes of the tables: a folder a database, a file a table. */
function bytesIn(base: string): number {
  const files = readdirSync(base, { recursive: true, encoding: 'utf8' });
  return files.reduce((sum, file) => sum + statSync(join(base, file)).size, 0);
}
