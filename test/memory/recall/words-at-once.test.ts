import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { loadBeir } from '../../../bench/recall/beir.ts';
import { packagePath } from '../../../src/lib/package-root.ts';
import { migrate } from '../../../src/lib/store/migrate.ts';
import { loadMigrations } from '../../../src/lib/store/migrations.ts';
import { type TempDatabase, tempEmptyDatabase } from '../../helpers/temp-database.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const migration = 53;
let db: TempDatabase;
beforeAll(async () => (db = await tempEmptyDatabase()));
afterAll(() => db.stop());

const awkward = [
  '',
  '👍',
  'no',
  'as he may do, per day',
  'die Katzen',
  'una casa grande',
  'the die is cast, and the hat is on',
  'la casa',
  'der the',
  'de la o',
  'ERR-0042 on nas-07, 2026-11-29',
  'ＥＲＲ－４２',
  'Straße 7',
];

it('words and languages are those of before', async () => {
  await migrate(
    db.store,
    loadMigrations().filter(({ version }) => version < migration),
    new Date(),
  );
  const sets = await Promise.all(
    ['owner', 'languages'].map((name) => loadBeir(packagePath('bench', 'recall', name))),
  );
  const texts = [
    ...awkward,
    ...sets.flatMap(({ memories, queries }) => [
      ...memories.map(({ content }) => content),
      ...queries.map(({ text }) => text),
    ]),
  ];
  const found = async (): Promise<unknown[]> =>
    (
      await db.store.query({
        text: `SELECT given, memory_language(given) AS language, memory_terms(given)::text AS terms, memory_question(given)::text AS asked
                 FROM unnest($1::text[]) WITH ORDINALITY AS text (given, place) ORDER BY place`,
        values: [texts],
      })
    ).rows;
  const before = await found();
  await migrate(db.store, loadMigrations(), new Date());
  expect(await found()).toEqual(before);
  expect(new Set(before.map((row) => (row as { language: string | null }).language)).size).toBeGreaterThan(4);
});
