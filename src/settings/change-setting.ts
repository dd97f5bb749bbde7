import { recordAct } from '../activity/record-act.ts';
import type { ManagedSettings } from '../lib/config/live-settings.ts';
import {
  deleteStoredSetting,
  readStoredSettings,
  writeStoredSetting,
} from '../lib/config/stored-settings.ts';
import type { Caller } from '../lib/operations/operation.ts';
import type { Store, Tx } from '../lib/store/store.ts';

/** Services that a change of a setting uses. */
export interface SettingChangeNeeds {
  store: Store;
  settings: ManagedSettings;
  /** Hears of a value before it is stored, in the transaction that stores it: some settings have a history. */
  onSetting?: (tx: Tx, change: { key: string; value: unknown; at: Date }, caller: Caller) => Promise<void>;
  now: () => Date;
}

/**
 * Stores a value in the `config` table, with its line in the activity log, and takes it over; resolves to the setting's key.
 * Rejects with a `UsageError` for a value or a name that is not good.
 */
export async function setSetting(
  { store, settings, onSetting, now }: SettingChangeNeeds,
  caller: Caller,
  change: { key: string; value: unknown; reason?: string | undefined },
): Promise<string> {
  const checked = settings.check(change.key, change.value);
  const { key } = checked;
  await store.transaction(async (tx) => {
    await onSetting?.(tx, { ...checked, at: now() }, caller);
    await writeStoredSetting(tx, { ...checked, now: now(), by: 'owner' });
    await recordAct(tx, caller, {
      at: now(),
      action: 'config.set',
      summary: `${key} was changed`,
      detail: {
        key,
        before: settings.view(key).value,
        after: settings.redacted(key, checked.value),
        reason: change.reason,
      },
    });
  });
  settings.applyStored(await readStoredSettings(store));
  return key;
}

/** Takes a stored value back, with its line in the activity log; resolves to the setting's key. */
export async function unsetSetting(
  { store, settings, now }: SettingChangeNeeds,
  caller: Caller,
  change: { key: string; reason?: string | undefined },
): Promise<string> {
  const key = settings.checkUnset(change.key);
  await store.transaction(async (tx) => {
    await deleteStoredSetting(tx, key);
    await recordAct(tx, caller, {
      at: now(),
      action: 'config.unset',
      summary: `${key} was taken back`,
      detail: { key, reason: change.reason },
    });
  });
  settings.applyStored(await readStoredSettings(store));
  return key;
}
