import type { LiveSettings } from '../lib/config/live-settings.ts';
import type { Store } from '../lib/store/store.ts';
import { kindNamed, sensorKinds } from './built-in/kinds.ts';
import {
  type Declaration,
  nearestKind,
  readDeclaration,
  scheduleFault,
  type SensorFields,
} from './declaration.ts';
import type { AnySensorKind } from './look.ts';
import type { OwnSensor } from './own/own-sensor.ts';
import { scanOwnSensors } from './own/scan.ts';
import { listSensorRows, type SensorRow } from './rows.ts';
import type { Sensor, SensorOrigin } from './sensor.ts';
import { selfWatchName } from './self-watch/view.ts';
import type { SensorValues } from './settings.ts';

/** All sensors of a home. */
export interface Sensors {
  /** Those that are on, that were switched off, that lie in the owner's folder, and the kinds that there could be. */
  all(): Promise<Sensor[]>;
  /** The one of this name; of a file also without its ending where that is clear. */
  find(name: string): Promise<Sensor | undefined>;
}

export interface SensorsDeps {
  store: Pick<Store, 'query'>;
  settings: Pick<LiveSettings<SensorValues>, 'get'>;
  /** UUID of this home's journal. */
  worker: string;
  /** The owner's folder of sensors. */
  folder: string;
}

/** See `Sensors`. It keeps nothing: files, rows and settings are looked at each time. */
export function createSensors({ store, settings, worker, folder }: SensorsDeps): Sensors {
  const all = async (): Promise<Sensor[]> => {
    const [rows, files] = await Promise.all([
      listSensorRows(store, worker),
      scanOwnSensors(folder, (name) => name === selfWatchName || kindNamed(name) !== undefined),
    ]);
    const declared = settings.get('sensors');
    const ownNames = new Set(files.map(({ name }) => name));
    const said = new Map<string, Said>();
    for (const { name, ...row } of rows) said.set(name, saidInRow(row));
    // What stands in config.json wins over what was said before it was written there.
    for (const [name, fields] of Object.entries(declared)) said.set(name, { origin: 'config', fields });
    const byTimeout = settings.get('sensor.timeoutMs');
    const own = files.map((file) => ownSensor(file, said.get(file.name), byTimeout));
    const others = [...said].filter(([name]) => !ownNames.has(name)).map(([name, one]) => builtIn(name, one));
    const available = sensorKinds.filter(({ kind }) => !said.has(kind)).map(offKind);
    return [...others, ...available, ...own].sort((one, other) => one.name.localeCompare(other.name, 'en'));
  };
  return {
    all,
    async find(name) {
      const sensors = await all();
      const exact = sensors.find((sensor) => sensor.name === name);
      if (exact !== undefined) return exact;
      const similar = sensors.filter(({ own }) => own?.name.replace(/\.[^.]+$/, '') === name);
      return similar.length === 1 ? similar[0] : undefined;
    },
  };
}

interface Said {
  origin: SensorOrigin;
  fields: SensorFields | boolean;
}

function saidInRow({ enabled, fields }: Omit<SensorRow, 'name'>): Said {
  return { origin: 'database', fields: { ...fields, enabled } };
}

function builtIn(name: string, { origin, fields }: Said): Sensor {
  const read = readDeclaration(name, fields);
  const declaration = 'faults' in read ? undefined : read;
  const kind = kindOf(name, declaration);
  return {
    name,
    kind: kind?.kind ?? 'own',
    says: kind?.says ?? 'a program in the folder sensors',
    origin,
    enabled: declaration?.enabled ?? true,
    schedule: kind === undefined ? null : (declaration?.schedule ?? null),
    timeoutMs: declaration?.timeoutMs ?? kind?.timeoutMs ?? 0,
    settings: declaration?.settings ?? {},
    problem: 'faults' in read ? faultText(read.faults[0]) : kind === undefined ? missing(name) : null,
    own: null,
  };
}

function kindOf(name: string, declaration: Declaration | undefined): AnySensorKind | undefined {
  return declaration === undefined ? kindNamed(name.split(':')[0] ?? name) : declaration.kind;
}

function faultText(fault: { path: (string | number)[]; message: string } | undefined): string {
  return fault === undefined
    ? 'it cannot be read'
    : [fault.path.join('.'), fault.message].filter(Boolean).join(': ');
}

function missing(name: string): string {
  return `there is no file ${name} in the folder sensors, and no kind of that name; did you mean ${nearestKind(name)}?`;
}

function offKind(kind: AnySensorKind): Sensor {
  return {
    name: kind.kind,
    kind: kind.kind,
    says: kind.says,
    origin: 'built-in',
    enabled: false,
    schedule: { everyMs: kind.everyMs, cron: null, zone: null },
    timeoutMs: kind.timeoutMs,
    settings: {},
    problem: null,
    own: null,
  };
}

function ownSensor(own: OwnSensor, said: Said | undefined, timeoutMs: number): Sensor {
  const read = said === undefined ? undefined : readDeclaration(own.name, said.fields);
  const declaration = read === undefined || 'faults' in read ? undefined : read;
  const schedule = declaration?.schedule ?? own.schedule;
  // A schedule in config.json makes up for none in the file.
  const lacksNothing = !own.isBroken && schedule !== null;
  const fault = read !== undefined && 'faults' in read ? faultText(read.faults[0]) : null;
  return {
    name: own.name,
    kind: 'own',
    says: 'a program of yours',
    origin: said?.origin === 'config' ? 'config' : 'file',
    enabled: declaration?.enabled ?? true,
    schedule,
    timeoutMs: declaration?.timeoutMs ?? own.timeoutMs ?? timeoutMs,
    settings: {},
    problem: fault ?? (lacksNothing ? scheduleProblem(own, schedule) : own.problem),
    own,
  };
}

function scheduleProblem(own: OwnSensor, schedule: Sensor['schedule']): string | null {
  if (schedule === null) return own.problem;
  const fault = scheduleFault(own.name, schedule);
  return fault === undefined ? null : faultText(fault);
}
