import { loadMigrations, type Migration, toMigration } from '../../src/lib/store/migrations.ts';

/** The migrations with arrays instead of vectors, for servers without pgvector, as Debian's are. */
export function migrationsWithoutVectors(): Migration[] {
  return loadMigrations().map(({ version, name, sql }) =>
    toMigration(
      version,
      name,
      sql
        .replaceAll('CREATE EXTENSION IF NOT EXISTS vector;', '')
        .replaceAll(/\bembedding vector(?:\(\d+\))?/g, 'embedding real[]'),
    ),
  );
}
