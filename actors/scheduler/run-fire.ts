import { fromCallback, fromPromise } from 'xstate';
import type {
  BeginAnswer,
  BeginRequest,
  RecordFireRequest,
  RunCommand,
  RunFact,
  RunRequest,
} from '../../machines/fire/protocol.ts';
import { storableText } from '../../src/lib/store/storable.ts';
import { fireEnd } from '../../src/schedule/fire-end.ts';
import type { Fire, FireEnd, JobKind } from '../../src/schedule/job.ts';
import { beginFire, endFire } from '../../src/schedule/rows/settle-fire.ts';
import type { SchedulerDeps } from './deps.ts';

/** Writes down that a fire starts; the same instant however often it takes to do so. */
export function createBeginFire({ store, bus, worker, now }: SchedulerDeps) {
  const startedAt = new WeakMap<object, Date>();
  return fromPromise<BeginAnswer, BeginRequest>(async ({ input: { fire } }) => {
    if (fire.startedAt !== undefined) return fire.startedAt;
    const at = startedAt.get(fire) ?? now();
    startedAt.set(fire, at);
    const isOurs = await beginFire(store, { id: fire.id, worker, now: at });
    if (isOurs) bus.emit('list.changed', { list: 'fires.list' });
    return isOurs ? at : undefined;
  });
}

/** Has a fire run by its kind, which knows the fire no better than by its row. */
export function createRunFire(kinds: readonly JobKind[]) {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  return fromCallback<RunCommand, RunRequest>(({ input: { fire, startedAt }, sendBack, receive }) => {
    const stop = new AbortController();
    receive(({ cause }) => stop.abort(cause));
    const told: Fire = {
      id: fire.id,
      jobId: fire.jobId,
      nominalAt: fire.nominalAt,
      startedAt,
      byHand: fire.byHand,
    };
    const tell = (result: RunFact['result']): void => sendBack({ type: 'run.ended', result });
    run(byName.get(fire.kind), told, { isResumed: fire.startedAt !== undefined, signal: stop.signal }).then(
      (end) => tell({ end }),
      (error: unknown) => tell({ error }),
    );
    return () => stop.abort('shutdown');
  });
}

/** Writes down how a fire ended, and resolves to that end. Repeating it does no harm. */
export function createRecordFire({ store, bus, worker, now }: SchedulerDeps) {
  return fromPromise<FireEnd, RecordFireRequest>(async ({ input: { fire, result } }) => {
    const said = fireEnd(result, fire.timeoutMs);
    const end = said.reason === undefined ? said : { ...said, reason: storableText(said.reason) };
    const isCutOff = result.cause === 'shutdown' && end.state !== 'done';
    await endFire(store, { id: fire.id, worker, now: now(), end, isCutOff });
    bus.emit('fire.ended', { jobId: fire.jobId, fireId: fire.id });
    bus.emit('list.changed', { list: 'fires.list' });
    return end;
  });
}

async function run(
  kind: JobKind | undefined,
  fire: Fire,
  { isResumed, signal }: { isResumed: boolean; signal: AbortSignal },
): Promise<FireEnd> {
  if (kind === undefined) return { state: 'failed', reason: 'nobody here runs this kind of job' };
  if (isResumed && kind.resume !== undefined) return kind.resume(fire, signal);
  return kind.run(fire, signal);
}
