import { describe, expect, it } from 'vitest';
import { createSettings } from '../../../src/settings.ts';
import {
  deleteStoredSetting,
  readStoredSettings,
  writeStoredSetting,
} from '../../../src/lib/config/stored-settings.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase();

describe('stored settings', () => {
  it('come back from the database as what they were, the latest value of each', async () => {
    const settings = createSettings({ configFile: '/nowhere/config.json', env: {} });
    const changes = [
      settings.check('spend.dailyUsd', 1),
      settings.check('spend.dailyUsd', null),
      settings.check('mailbox.coalesce', ['tick', 'heartbeat']),
      settings.check('log.level', 'debug'),
      settings.check('task.timeoutMsByCategory', { backup: 1_800_000 }),
    ];
    const now = new Date(Date.UTC(2026, 0, 1));
    for (const change of changes) await writeStoredSetting(store, { ...change, now, by: 'owner' });

    const rows = await readStoredSettings(store);
    expect(rows).toEqual([
      { key: 'log.level', value: 'debug' },
      { key: 'mailbox.coalesce', value: ['tick', 'heartbeat'] },
      { key: 'spend.dailyUsd', value: null },
      { key: 'task.timeoutMsByCategory', value: { backup: 1_800_000 } },
    ]);
    expect(settings.applyStored(rows)).toEqual([]);
    expect(settings.view('spend.dailyUsd')).toMatchObject({ value: null, origin: 'table' });
    expect(settings.get('task.timeoutMsByCategory')).toEqual({ backup: 1_800_000 });
  });

  it('can be taken back, also twice', async () => {
    await deleteStoredSetting(store, 'log.level');
    await deleteStoredSetting(store, 'log.level');
    const keys = (await readStoredSettings(store)).map(({ key }) => key);
    expect(keys).not.toContain('log.level');
    expect(keys).toContain('mailbox.coalesce');
  });
});
