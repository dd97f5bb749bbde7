import type { Store } from '../store/store.ts';
import type { StoredSetting } from './read-stored.ts';

/** A change of a setting at run time: what, when (`now`), and by whom. */
export interface SettingChange extends StoredSetting {
  now: Date;
  by: string;
}

/** All rows of the `config` table. */
export async function readStoredSettings(store: Pick<Store, 'query'>): Promise<StoredSetting[]> {
  const { rows } = await store.query<{ key: string; value: unknown }>({
    name: 'read-stored-settings',
    text: 'SELECT key, value FROM config ORDER BY key',
  });
  return rows;
}

/** A mark that is another one as soon as any row of the `config` table is. */
export async function markOfStoredSettings(store: Pick<Store, 'query'>): Promise<string> {
  const { rows } = await store.query<{ mark: string | null }>({
    name: 'mark-of-stored-settings',
    text: `SELECT md5(string_agg(key || updated_at::text || xmin::text, ',' ORDER BY key)) AS mark FROM config`,
  });
  return rows[0]?.mark ?? '';
}

/** Stores a setting that `LiveSettings.check` has let through. */
export async function writeStoredSetting(store: Pick<Store, 'query'>, change: SettingChange): Promise<void> {
  await store.query({
    name: 'write-stored-setting',
    text: `INSERT INTO config (key, value, updated_at, updated_by) VALUES ($1, $2, $3, $4)
           ON CONFLICT (key) DO UPDATE
             SET value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    values: [change.key, JSON.stringify(change.value), change.now, change.by],
  });
}

/** Takes a stored setting back; one that was not there is fine. */
export async function deleteStoredSetting(store: Pick<Store, 'query'>, key: string): Promise<void> {
  await store.query({
    name: 'delete-stored-setting',
    text: 'DELETE FROM config WHERE key = $1',
    values: [key],
  });
}
