import { z } from 'zod';
import type { ControlApi } from '../../control/api.ts';
import type { SettingView } from '../../config/live-settings.ts';
import { metaOf, schemaOf } from '../../config/schema.ts';
import { type ActivityRow, listActivity } from '../../store/activity/activity.ts';
import type { Store } from '../../store/store.ts';
import type { Handlers } from '../dispatch.ts';
import type { Activity, SettingField } from '../protocol/answers.ts';
import { pageOf } from '../views/summaries.ts';

export interface SettingOperationDeps {
  store: Store;
  control: Pick<ControlApi, 'settings' | 'setSetting' | 'unsetSetting' | 'cost'>;
}

/** Settings by their schema, the activity log, and the costs. */
export function settingOperations({ store, control }: SettingOperationDeps) {
  return {
    'config.list': async () => (await control.settings()).map(settingField),
    'config.set': async ({ key, value, reason }) =>
      settingField(await control.setSetting(key, value, reason)),
    'config.unset': async ({ key, reason }) => settingField(await control.unsetSetting(key, reason)),
    'activity.list': async ({ limit, ...search }) =>
      pageOf(await listActivity(store, { ...search, limit: limit + 1 }), limit, activityView),
    'cost.get': (query) => control.cost(query),
  } satisfies Partial<Handlers>;
}

/** JSON Schema of each setting; made once. */
const schemas = new Map<string, SettingField['schema']>();

function settingField(view: SettingView): SettingField {
  const { key } = view;

  const schema = schemas.get(key) ?? z.toJSONSchema(schemaOf(key), { io: 'input', unrepresentable: 'any' });
  schemas.set(key, schema);
  return { ...view, schema, expects: metaOf(key).expects };
}

function activityView(row: ActivityRow): Activity {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    summary: row.summary,
    eventId: row.event_id,
    taskId: row.task_id,
    detail: row.detail,
  };
}
