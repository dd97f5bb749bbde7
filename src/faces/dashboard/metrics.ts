import { Counter, Gauge, Registry } from 'prom-client';
import type { SelfWatch } from '../../sensors/self-watch/watch.ts';
import type { StandbyCounts } from '../../tasks/standby/desk.ts';
import type { ChildStatus, Status } from '../status/status.ts';
import { registerStandby } from './standby-metrics.ts';

/** Reads the daemon's figures in Prometheus' text format. */
export type ReadMetrics = () => Promise<{ contentType: string; text: string }>;

/** See `ReadMetrics`. Names follow Prometheus' conventions: `ninjad_` first, base units, `_total` for what only rises. */
export function createMetrics(
  status: () => Promise<Status>,
  selfWatch?: Watched,
  standby?: () => StandbyCounts,
): ReadMetrics {
  const registry = new Registry();
  const fill = register(registry);
  const fillSelf = selfWatch === undefined ? () => undefined : registerSelf(registry, selfWatch);
  const fillStandby = standby === undefined ? () => undefined : registerStandby(registry, standby);
  return async () => {
    fill(await status());
    fillSelf();
    fillStandby();
    // Between filling and reading nothing waits, so two readers at once see whole figures.
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
}

function register(registry: Registry): (status: Status) => void {
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name: `ninjad_${name}`, help, labelNames, registers: [registry] });
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `ninjad_${name}_total`, help, labelNames, registers: [registry] });

  const info = gauge('info', 'Always 1; the version is in the label.', ['version']);
  const started = gauge('start_time_seconds', 'When the daemon started, in seconds since 1970.');
  const ready = gauge('ready', '1 while every part of the tree is up.');
  const database = gauge('database_up', '1 while the database is there.', ['kind']);
  const events = counter('events', 'Events since the start, by what became of them.', ['outcome']);
  const queue = gauge('mailbox_depth', 'Events that wait for the router.', ['priority']);
  const tasks = gauge('tasks', 'Tasks now.', ['state']);
  const lanes = gauge('lanes', 'How many tasks may run at once.');
  const agents = gauge('agents_memory_bytes', 'Memory of running agents at the last look.');
  const agentsMax = gauge('agents_memory_max_bytes', 'What they may take together.');
  const waits = gauge('tasks_wait', '1 while no further task is started since this is short.', ['for']);
  const deliveries = gauge('deliveries', 'Replies and news for a channel.', ['state']);
  const pending = gauge('journal_pending_lines', 'Lines in the journal that are not recorded yet.');
  const journal = gauge('journal_bytes', 'Disk that the journal uses.');
  const loop = gauge('event_loop_delay_seconds', 'How late turns of the daemon were lately.', ['quantile']);
  const today = gauge('spend_today_dollars', 'What tasks have cost today.');
  const month = gauge('spend_month_dollars', 'What tasks have cost this month.');
  const cap = gauge('spend_cap_dollars', 'The daily cap; absent without one.');
  const jobs = gauge('scheduler_jobs', 'What runs by the clock.', ['state']);
  const fires = gauge('scheduler_fires', 'Fires now.', ['state']);
  const fired = counter('scheduler_fires', 'Fires since the start, by how they ended.', ['outcome']);
  const tickAge = gauge(
    'scheduler_last_tick_age_seconds',
    'How long ago the scheduler ticked; at most 30 s apart.',
  );
  const late = gauge('scheduler_late_seconds', 'How long the next fire is overdue.');
  const restarts = counter('child_restarts', 'Restarts of a part of the tree since the start.', ['child']);
  const up = gauge('child_up', '1 while a part of the tree runs.', ['child']);
  const memory = gauge('resident_memory_bytes', 'Resident memory of the daemon itself.');

  return (status) => {
    info.set({ version: status.version }, 1);
    started.set(status.startedAt / 1000);
    ready.set(Number(status.ready));
    database.set({ kind: status.database.kind }, Number(status.database.state === 'ready'));
    events.reset();
    for (const [outcome, count] of Object.entries(status.counts)) events.inc({ outcome }, count);
    for (const [priority, depth] of Object.entries(status.mailbox.byPriority)) queue.set({ priority }, depth);
    tasks.set({ state: 'running' }, status.tasks.running);
    tasks.set({ state: 'queued' }, status.tasks.queued);
    lanes.set(status.room.lanes);
    agents.set(status.room.memoryBytes);
    agentsMax.set(status.room.maxMemoryBytes);
    for (const shortage of ['memory', 'cpu'] as const)
      waits.set({ for: shortage }, Number(status.room.waitsFor === shortage));
    deliveries.set({ state: 'pending' }, status.deliveries.pending);
    deliveries.set({ state: 'failed' }, status.deliveries.failed);
    pending.set(status.journal.pendingLines);
    journal.set(status.journal.sizeBytes);
    loop.set({ quantile: '0.5' }, status.loop.p50Ms / 1000);
    loop.set({ quantile: '0.99' }, status.loop.p99Ms / 1000);
    loop.set({ quantile: '1' }, status.loop.maxMs / 1000);
    today.set(status.spend.todayUsd);
    month.set(status.spend.monthUsd);
    cap.reset();
    if (status.spend.capUsd !== null) cap.set(status.spend.capUsd);
    jobs.set({ state: 'known' }, status.schedule.jobs);
    jobs.set({ state: 'broken' }, status.schedule.broken);
    fires.set({ state: 'waiting' }, status.schedule.waiting);
    fires.set({ state: 'running' }, status.schedule.running);
    fired.reset();
    for (const [outcome, count] of Object.entries(status.schedule.ended)) fired.inc({ outcome }, count);
    if (status.schedule.lastTickMsAgo !== null) tickAge.set(status.schedule.lastTickMsAgo / 1000);
    late.set(status.schedule.lateMs / 1000);
    restarts.reset();
    up.reset();
    for (const { path, child } of flat(status.children)) {
      restarts.inc({ child: path }, child.restarts);
      up.set({ child: path }, Number(child.state === 'running'));
    }
    memory.set(process.memoryUsage.rss());
  };
}

type Watched = Pick<SelfWatch, 'last' | 'totals'>;

/** What the self-watch measured in its last sample, and what it has counted since the start. */
function registerSelf(registry: Registry, selfWatch: Watched): () => void {
  const figure = new Gauge({
    name: 'ninjad_self_figure',
    help: 'Figures of the last sample that the daemon took of itself, by name; units are the end of a name.',
    labelNames: ['figure'],
    registers: [registry],
  });
  const at = new Gauge({
    name: 'ninjad_self_sample_time_seconds',
    help: 'When that sample was taken, in seconds since 1970.',
    registers: [registry],
  });
  const counter = (name: string, help: string): Counter =>
    new Counter({ name: `ninjad_${name}_total`, help, registers: [registry] });
  const statements = counter('statements', 'Statements that the store has run.');
  const statementTime = counter('statement_seconds', 'How long they took.');
  const waited = counter('pool_wait_seconds', 'How long they waited for a connection.');
  const slow = counter('slow_statements', 'Statements that were slow.');
  const recalls = counter('recalls', 'Recalls of memories.');
  const recallTime = counter('recall_seconds', 'How long they took.');
  return () => {
    figure.reset();
    const last = selfWatch.last();
    if (last !== undefined) {
      at.set(last.at / 1000);
      for (const [name, value] of Object.entries(last.figures))
        if (value !== null) figure.set({ figure: name }, value);
    }
    const totals = selfWatch.totals();
    for (const [metric, value] of [
      [statements, totals.statements],
      [statementTime, totals.statementMs / 1000],
      [waited, totals.poolWaitMs / 1000],
      [slow, totals.slowStatements],
      [recalls, totals.recalls],
      [recallTime, totals.recallMs / 1000],
    ] as const) {
      metric.reset();
      metric.inc(value);
    }
  };
}

function flat(children: readonly ChildStatus[], above = ''): Array<{ path: string; child: ChildStatus }> {
  return children.flatMap((child) => {
    const path = `${above}${child.id}`;
    return [{ path, child }, ...flat(child.children ?? [], `${path}/`)];
  });
}
