import { alertSettings } from './alerts/settings.ts';
import { discordSettings } from './discord/settings.ts';
import { drafterSettings } from './drafter/settings.ts';
import { eventSettings } from './events/settings.ts';
import { dashboardSettings } from './faces/settings.ts';
import { findingSettings } from './findings/settings.ts';
import {
  createLiveSettings,
  type LiveSettings as LiveSettingsOf,
  type SettingsSources,
} from './lib/config/live-settings.ts';
import { isSettingKey, renamedKey } from './lib/config/check-setting.ts';
import { createSettingsSchema, type MisfitRule, type ValuesOf } from './lib/config/schema.ts';
import { fleetMisfits, fleetSettings } from './fleet/settings.ts';
import { goalMisfits, goalSettings } from './goals/settings.ts';
import { inferenceSettings } from './lib/inference/settings.ts';
import { journalMisfits, journalSettings } from './lib/journal/settings.ts';
import { logSettings } from './lib/log-settings.ts';
import { mailboxSettings } from './lib/mailbox/settings.ts';
import { wireSettings } from './lib/wire/settings.ts';
import { storeSettings } from './lib/store/settings.ts';
import { mailMisfits, mailSettings } from './mail/settings.ts';
import { memorySettings } from './memory/settings.ts';
import { outboxSettings } from './outbox/settings.ts';
import { retentionSettings } from './retention/settings.ts';
import { sensorSettings } from './sensors/settings.ts';
import { spendSettings } from './spend/settings.ts';
import { storageSettings } from './storage/settings.ts';
import { upkeepSettings } from './upkeep/settings.ts';
import { taskMisfits, taskSettings } from './tasks/settings.ts';
import { wishSettings } from './wishes/settings.ts';

/** Every setting there is, one line a concern. README's table is made from this, in this order. */
export const declaredSettings = {
  ...dashboardSettings,
  ...storeSettings,
  ...taskSettings,
  ...spendSettings,
  ...mailboxSettings,
  ...journalSettings,
  ...wireSettings,
  ...eventSettings,
  ...outboxSettings,
  ...sensorSettings,
  ...fleetSettings,
  ...discordSettings,
  ...mailSettings,
  ...alertSettings,
  ...retentionSettings,
  ...storageSettings,
  ...upkeepSettings,
  ...memorySettings,
  ...inferenceSettings,
  ...goalSettings,
  ...wishSettings,
  ...drafterSettings,
  ...findingSettings,
  ...logSettings,
};

/** The values of all settings by dotted name. */
export type Settings = ValuesOf<typeof declaredSettings>;

/** The rules that hold between settings, as the concerns declare them. */
export const misfitRules: readonly MisfitRule<Settings>[] = [
  taskMisfits,
  journalMisfits,
  goalMisfits,
  mailMisfits,
  fleetMisfits,
];

/** Names of before and those of now, one line a rename: what stands in a config.json goes on working. */
const renamedSettings: Readonly<Record<string, keyof Settings>> = {
  'notify.url': 'alarm.url',
  'fleet.pingUrl': 'alarm.pingUrl',
  'fleet.pingEveryMs': 'alarm.pingEveryMs',
};

/** All settings with the rules between them. */
export const settingsSchema = createSettingsSchema(declaredSettings, misfitRules, renamedSettings);

/** The settings of this daemon; see `LiveSettings` of lib/config. */
export type LiveSettings = LiveSettingsOf<Settings>;

/** Reads and checks every source of the settings except the table. Throws a `UsageError` that says what is wrong where. */
export function createSettings(sources: SettingsSources): LiveSettings {
  return createLiveSettings(settingsSchema, sources);
}

/** Whether a name of config.json, also one of before, is that of a setting whose value must not be shown. */
export function isSecretSetting(key: string): boolean {
  const present = renamedKey(settingsSchema, key) ?? key;
  return isSettingKey(settingsSchema, present) && settingsSchema.meta(present).secret === true;
}
