import { z } from 'zod';
import type { ManagedSettings, SettingView } from '../lib/config/live-settings.ts';
import { nothing, reason } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { type SettingChangeNeeds, setSetting, unsetSetting } from './change-setting.ts';

/** One setting with what an editor needs. */
export interface SettingField extends SettingView {
  /** JSON Schema of its value. */
  schema: z.core.JSONSchema.BaseSchema;
  expects: string;
}

const key = z.string().min(1).max(128);

/** Operations of the settings; a change reaches open pages by the settings' own listeners. */
export const settingOperations = {
  'config.list': operation('GET /config', nothing, ({ settings }: SettingChangeNeeds) =>
    settings.views().map((view) => fieldOf(settings, view)),
  ),
  'config.get': operation(
    'GET /config/:key',
    z.strictObject({ key }),
    ({ settings }: SettingChangeNeeds, one) => fieldOf(settings, settings.view(one.key)),
  ),
  'config.set': operation(
    'PUT /config/:key',
    z.strictObject({ key, value: z.unknown(), reason }),
    async (needs: SettingChangeNeeds, change, caller) =>
      fieldOf(needs.settings, needs.settings.view(await setSetting(needs, caller, change))),
  ),
  'config.unset': operation(
    'DELETE /config/:key',
    z.strictObject({ key, reason }),
    async (needs: SettingChangeNeeds, change, caller) =>
      fieldOf(needs.settings, needs.settings.view(await unsetSetting(needs, caller, change))),
  ),
};

/** JSON Schema of each setting; made once. */
const schemas = new Map<string, SettingField['schema']>();

function fieldOf(settings: Pick<ManagedSettings, 'describe'>, view: SettingView): SettingField {
  const { schema: declared, meta } = settings.describe(view.key);
  const schema = schemas.get(view.key) ?? z.toJSONSchema(declared, { io: 'input', unrepresentable: 'any' });
  schemas.set(view.key, schema);
  return { ...view, schema, expects: meta.expects };
}
