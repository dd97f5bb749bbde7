import { z } from 'zod';
import { recordAct } from '../activity/record-act.ts';
import type { Bus } from '../lib/bus.ts';
import { ConflictError, NotFoundError, UsageError } from '../lib/errors.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { nothing, reason } from '../lib/operations/fields.ts';
import { type Caller, operation } from '../lib/operations/operation.ts';
import type { Store } from '../lib/store/store.ts';
import type { ScheduleFacts } from '../schedule/facts.ts';
import { nearestKind, readDeclaration } from './declaration.ts';
import { type KindView, kindView } from './built-in/kind-view.ts';
import { kindNamed, sensorKinds } from './built-in/kinds.ts';
import { sensorJobs } from './job-kind.ts';
import { kindInName, sensorName } from './name.ts';
import type { SensorRecords } from './records.ts';
import type { Sensors } from './registry.ts';
import { maxSensorRows, listSensorRows, writeSensorRow } from './rows.ts';
import type { SensorRunner } from './run.ts';
import type { Sensor } from './sensor.ts';
import { selfWatchName, selfWatchView } from './self-watch/view.ts';
import type { SelfWatch } from './self-watch/watch.ts';
import { type SensorView, type TrialView, trialView, viewOf } from './view.ts';

/** The sensors of a daemon as its operations use them. */
export interface SensorDesk {
  sensors: Sensors;
  records: Pick<SensorRecords, 'read' | 'forget'>;
  runner: Pick<SensorRunner, 'try'>;
  /** UUID of this home's journal. */
  worker: string;
  selfWatch?: Pick<SelfWatch, 'last'>;
}

/** Services that the operations of sensors use. */
export interface SensorNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts & ScheduleFacts>, 'emit'>;
  sensorDesk: SensorDesk;
  now: () => Date;
}

const fields = z.record(z.string().min(1).max(64), z.unknown());
const named = z.strictObject({ name: sensorName });
const tryInput = z.strictObject({ name: sensorName, fields: fields.optional() });
const enableInput = z.strictObject({ name: sensorName, fields: fields.optional(), reason });
const disableInput = z.strictObject({ name: sensorName, reason });

/** Operations of sensors. */
export const sensorOperations = {
  'sensors.list': operation(
    'GET /sensors',
    nothing,
    async ({ sensorDesk, now }: SensorNeeds): Promise<SensorView[]> => [
      selfWatchView(sensorDesk.selfWatch, now()),
      ...(await sensorDesk.sensors.all()).map((sensor) =>
        viewOf(sensor, sensorDesk.records.read(sensor.name), now()),
      ),
    ],
  ),
  'sensors.kinds': operation('GET /sensor-kinds', nothing, (_needs: SensorNeeds): Promise<KindView[]> =>
    Promise.resolve(sensorKinds.map(kindView)),
  ),
  'sensor.get': operation(
    'GET /sensors/:name',
    named,
    async ({ sensorDesk, now }: SensorNeeds, { name }): Promise<SensorView> => {
      if (name === selfWatchName) return selfWatchView(sensorDesk.selfWatch, now());
      const sensor = await found(sensorDesk, name);
      return viewOf(sensor, sensorDesk.records.read(sensor.name), now());
    },
  ),
  'sensor.try': operation(
    'POST /sensors/:name/try',
    tryInput,
    async ({ sensorDesk, now }: SensorNeeds, input): Promise<TrialView> => {
      if (input.name === selfWatchName) return selfTrial(selfWatchView(sensorDesk.selfWatch, now()));
      const sensor = await forTrial(sensorDesk, input);
      if (sensor.own?.isBroken === true || (sensor.kind === 'own' && sensor.own === null))
        throw new UsageError(`${sensor.name} cannot run: ${sensor.problem ?? 'it is no program'}`);
      const run = await sensorDesk.runner.try(sensor, AbortSignal.timeout(sensor.timeoutMs + trialGraceMs));
      return trialView(sensor.name, run);
    },
    { unrecorded: 'it changes nothing' },
  ),
  'sensor.enable': operation(
    'PUT /sensors/:name',
    enableInput,
    (needs: SensorNeeds, change, caller): Promise<SensorView> =>
      switchSensor(needs, caller, { ...change, enabled: true }),
  ),
  'sensor.disable': operation(
    'POST /sensors/:name/disable',
    disableInput,
    (needs: SensorNeeds, change, caller): Promise<SensorView> =>
      switchSensor(needs, caller, { ...change, enabled: false }),
  ),
};

const trialGraceMs = 30_000;

/** Its samples are kept, and never written into the pipe. */
function selfTrial({ name, findings }: SensorView): TrialView {
  return { name, lines: [], state: 'done', reason: null, tookMs: 0, findings };
}

async function found({ sensors }: SensorDesk, name: string): Promise<Sensor> {
  const sensor = await sensors.find(name);
  if (sensor !== undefined) return sensor;
  throw new NotFoundError(
    kindNamed(kindInName(name)) === undefined
      ? `there is no sensor ${name}; did you mean ${nearestKind(name)}?`
      : `there is no sensor ${name}; switch it on with: ninjad sensors enable ${name}`,
  );
}

/** One that is there, or a kind that is not switched on; with other settings where some are given. */
async function forTrial(
  desk: SensorDesk,
  { name, fields: given }: z.output<typeof tryInput>,
): Promise<Sensor> {
  const known = await desk.sensors.find(name);
  const kind = kindNamed(kindInName(name));
  if (kind === undefined || (known?.origin !== 'built-in' && known !== undefined && given === undefined))
    return found(desk, name);
  const before = known === undefined || known.origin === 'built-in' ? {} : known.settings;
  const declaration = readDeclaration(name, { ...before, ...given });
  if ('faults' in declaration) throw new UsageError(faultSentence(name, declaration.faults));
  return {
    name,
    kind: kind.kind,
    says: kind.says,
    origin: known?.origin ?? 'built-in',
    enabled: true,
    schedule: declaration.schedule,
    timeoutMs: declaration.timeoutMs ?? kind.timeoutMs,
    settings: declaration.settings,
    problem: null,
    own: null,
  };
}

function faultSentence(
  name: string,
  faults: readonly { path: (string | number)[]; message: string }[],
): string {
  const said = faults.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  return `${name}: ${said.join('; ')}`;
}

interface Switch {
  name: string;
  fields?: Record<string, unknown> | undefined;
  reason?: string | undefined;
  enabled: boolean;
}

async function switchSensor(
  { store, bus, sensorDesk, now }: SensorNeeds,
  caller: Caller,
  change: Switch,
): Promise<SensorView> {
  const { worker, sensors, records } = sensorDesk;
  if (change.name === selfWatchName)
    throw new ConflictError(
      'the self-watch is always on: its samples are what the daemon knows of its own health',
    );
  const known = await sensors.find(change.name);
  const name = known?.name ?? change.name;
  if (known?.origin === 'config')
    throw new ConflictError(`${name} is declared in config.json: change it there and restart ninjad`);
  if (known === undefined && (!change.enabled || kindNamed(kindInName(name)) === undefined))
    await found(sensorDesk, name);
  const rows = await listSensorRows(store, worker);
  const before = rows.find((row) => row.name === name);
  if (before === undefined && rows.length >= maxSensorRows)
    throw new UsageError(`there are ${maxSensorRows} sensors already`);
  const kept = { ...before?.fields, ...change.fields };
  const declaration = readDeclaration(name, { ...kept, enabled: change.enabled });
  if (change.enabled && 'faults' in declaration)
    throw new UsageError(faultSentence(name, declaration.faults));
  await store.transaction(async (tx) => {
    await writeSensorRow(tx, { worker, name, enabled: change.enabled, fields: kept, now: now() });
    await recordAct(tx, caller, {
      at: now(),
      action: change.enabled ? 'sensor.enabled' : 'sensor.disabled',
      summary: `sensor ${name} was switched ${change.enabled ? 'on' : 'off'}`,
      detail: { sensor: name, fields: kept, reason: change.reason ?? null },
    });
  });
  // What was told under other settings says nothing under these.
  if (change.enabled && change.fields !== undefined) records.forget(name);
  bus.emit('jobs.changed', { kind: sensorJobs });
  bus.emit('list.changed', { list: 'sensors.list' });
  return viewOf(await found(sensorDesk, name), records.read(name), now());
}
