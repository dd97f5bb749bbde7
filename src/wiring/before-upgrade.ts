import type { HomePaths } from '../lib/config/paths.ts';
import type { Logger } from '../lib/log.ts';
import type { Migration } from '../lib/store/migrations.ts';
import type { Store } from '../lib/store/store.ts';
import { isSecretSetting, type LiveSettings } from '../settings.ts';
import { createUpgradeBackup } from '../upkeep/before-upgrade.ts';
import { drillVariable } from './drilled-daemon.ts';
import { openOwnDatabase } from './own-database.ts';

/** What is done before the schema of the embedded database changes: nothing for a server, whose backups are its own, and in a drill. */
export function beforeUpgrade({
  paths,
  settings,
  env,
  log,
}: {
  paths: HomePaths;
  settings: LiveSettings;
  env: NodeJS.ProcessEnv;
  log: Logger;
}): ((store: Store, pending: readonly Migration[]) => Promise<void>) | undefined {
  if (settings.get('database.url') !== null || env[drillVariable] === '1') return undefined;
  const backUp = createUpgradeBackup({
    paths,
    dir: settings.get('backup.dir'),
    isSecret: isSecretSetting,
    openDatabase: openOwnDatabase,
    now: () => new Date(),
  });
  return async (store, pending) => {
    if (!settings.get('backup.beforeUpgrade')) return;
    const path = await backUp(store, pending);
    if (path !== undefined)
      log.info({ path }, 'the home was backed up before its schema is brought up to date');
  };
}
