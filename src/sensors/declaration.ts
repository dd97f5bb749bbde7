import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { messageOf } from '../lib/errors.ts';
import { checkSchedule } from '../schedule/instants.ts';
import { kindNamed, sensorKinds } from './built-in/kinds.ts';
import type { AnySensorKind } from './look.ts';
import { kindInName } from './name.ts';
import { timeLimit } from './period.ts';
import { jobSchedule, scheduleFields, scheduleOf, type SensorSchedule } from './schedule.ts';

/** What is said of a sensor in config.json or by `enable`, as it was written: schedule, time limit and the settings of its kind. */
export type SensorFields = Readonly<Record<string, unknown>>;

/** The same, read and checked. */
export interface Declaration {
  /** Undefined for a program of the owner. */
  kind: AnySensorKind | undefined;
  enabled: boolean;
  schedule: SensorSchedule | null;
  timeoutMs: number | null;
  settings: Readonly<Record<string, unknown>>;
}

/** A fault in a declaration, with the place in it. */
export interface Fault {
  path: (string | number)[];
  message: string;
}

const common = { enabled: z.boolean().default(true), ...scheduleFields, timeout: timeLimit.optional() };
const commonSchema = z.strictObject(common);

/** Reads what is said of the sensor `name`; the kind is what stands before the colon of its name. */
export function readDeclaration(
  name: string,
  fields: SensorFields | boolean,
): Declaration | { faults: Fault[] } {
  const given = typeof fields === 'boolean' ? { enabled: fields } : fields;
  const isCommon = ([key]: [string, unknown]): boolean => Object.hasOwn(common, key);
  const read = commonSchema.safeParse(Object.fromEntries(Object.entries(given).filter(isCommon)));
  const rest = Object.fromEntries(Object.entries(given).filter((entry) => !isCommon(entry)));
  const kind = kindNamed(kindInName(name));
  const settings = (kind?.settings ?? z.strictObject({})).safeParse(rest);
  // What is switched off may lack what it would need.
  const isOff = given.enabled === false && Object.keys(rest).length === 0;
  const issues = [...(read.error?.issues ?? []), ...(isOff ? [] : (settings.error?.issues ?? []))];
  if (!read.success || issues.length > 0)
    return { faults: misspeltFirst(issues).map((issue) => faultOf(issue, kind)) };
  const schedule =
    scheduleOf(read.data) ?? (kind === undefined ? null : { everyMs: kind.everyMs, cron: null, zone: null });
  const fault = schedule === null ? undefined : scheduleFault(name, schedule);
  if (fault !== undefined) return { faults: [fault] };
  return {
    kind,
    enabled: read.data.enabled,
    schedule,
    timeoutMs: read.data.timeout ?? null,
    settings: (settings.data ?? {}) as Readonly<Record<string, unknown>>,
  };
}

/** A name that is misspelt explains why another one is missing. */
function misspeltFirst(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const isMisspelt = ({ code }: z.core.$ZodIssue): number => Number(code === 'unrecognized_keys');
  return [...issues].sort((one, other) => isMisspelt(other) - isMisspelt(one));
}

function faultOf({ path, message, ...issue }: z.core.$ZodIssue, kind: AnySensorKind | undefined): Fault {
  const place = path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const known = [...Object.keys(common), ...settingNames(kind)];
    return {
      path: [...place, key],
      message: `there is no such setting; did you mean ${closest(key, known)}?`,
    };
  }
  const isMissing = issue.code === 'invalid_type' && message.endsWith('received undefined');
  return { path: place, message: isMissing ? 'it has to be given' : message };
}

/** The names of the settings of a kind. */
export function settingNames(kind: AnySensorKind | undefined): string[] {
  return kind !== undefined && kind.settings instanceof z.ZodObject ? Object.keys(kind.settings.shape) : [];
}

/** What is wrong with a schedule, or undefined. */
export function scheduleFault(name: string, schedule: SensorSchedule): Fault | undefined {
  try {
    checkSchedule(jobSchedule(name, schedule), new Date());
    return undefined;
  } catch (thrown) {
    return { path: [schedule.cron === null ? 'every' : 'cron'], message: messageOf(thrown) };
  }
}

/** The name of a kind that is spelt most like a name. */
export function nearestKind(name: string): string {
  return closest(
    kindInName(name),
    sensorKinds.map(({ kind }) => kind),
  );
}
