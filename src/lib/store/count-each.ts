import type { Store } from './store.ts';

/** Runs queries that give one number each as one statement. */
export async function countEach<Name extends string>(
  store: Pick<Store, 'query'>,
  name: string,
  counts: Readonly<Record<Name, string>>,
): Promise<Record<Name, number>> {
  const columns = Object.entries<string>(counts).map(([column, query]) => `(${query})::int AS "${column}"`);
  const { rows } = await store.query<Record<Name, number>>({ name, text: `SELECT ${columns.join(', ')}` });
  return rows[0] as Record<Name, number>;
}
