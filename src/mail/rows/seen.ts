import { textArray } from '../../lib/store/array-literal.ts';
import type { Store, Tx } from '../../lib/store/store.ts';

/** Which of these fingerprints an account has had; with `takenOnly` those that became events. */
export async function findSeen(
  store: Pick<Store, 'query'>,
  account: string,
  fingerprints: readonly string[],
  { takenOnly = false } = {},
): Promise<Set<string>> {
  if (fingerprints.length === 0) return new Set();
  const { rows } = await store.query<{ fingerprint: string }>({
    name: 'mail-seen-find',
    text: `SELECT fingerprint FROM mail_seen WHERE account = $1 AND fingerprint = ANY ($2::text[]) AND (taken OR NOT $3)`,
    values: [account, textArray(fingerprints), takenOnly],
  });
  return new Set(rows.map(({ fingerprint }) => fingerprint));
}

/** Keeps that an account has had these, and whether they became events. */
export async function keepSeen(
  tx: Tx,
  account: string,
  fingerprints: readonly string[],
  { taken, now }: { taken: boolean; now: Date },
): Promise<void> {
  if (fingerprints.length === 0) return;
  await tx.query({
    name: 'mail-seen-keep',
    text: `INSERT INTO mail_seen (account, fingerprint, at, taken) SELECT $1, fingerprint, $3, $4 FROM unnest($2::text[]) AS fingerprint
           ON CONFLICT ON CONSTRAINT mail_seen_once DO UPDATE SET taken = true WHERE $4 AND NOT mail_seen.taken`,
    values: [account, textArray([...new Set(fingerprints)]), now, taken],
  });
}
