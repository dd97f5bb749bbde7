import { Counter, Gauge, Registry } from 'prom-client';
import type { ChildStatus, Status } from '../control/status.ts';

/** Reads the daemon's figures in Prometheus' text format. */
export type ReadMetrics = () => Promise<{ contentType: string; text: string }>;

/** See `ReadMetrics`. Names follow Prometheus' conventions: `ninjad_` first, base units, `_total` for what only rises. */
export function createMetrics(status: () => Promise<Status>): ReadMetrics {
  const registry = new Registry();
  const fill = register(registry);
  return async () => {
    fill(await status());
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
  const pending = gauge('journal_pending_lines', 'Lines in the journal that are not recorded yet.');
  const journal = gauge('journal_bytes', 'Disk that the journal uses.');
  const loop = gauge('event_loop_delay_seconds', 'How late the event loop was lately.', ['quantile']);
  const today = gauge('spend_today_dollars', 'What tasks have cost today.');
  const month = gauge('spend_month_dollars', 'What tasks have cost this month.');
  const cap = gauge('spend_cap_dollars', 'The daily cap; absent without one.');
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
    pending.set(status.journal.pendingLines);
    journal.set(status.journal.sizeBytes);
    loop.set({ quantile: '0.5' }, status.loop.p50Ms / 1000);
    loop.set({ quantile: '0.99' }, status.loop.p99Ms / 1000);
    loop.set({ quantile: '1' }, status.loop.maxMs / 1000);
    today.set(status.spend.todayUsd);
    month.set(status.spend.monthUsd);
    cap.reset();
    if (status.spend.capUsd !== null) cap.set(status.spend.capUsd);
    restarts.reset();
    up.reset();
    for (const { path, child } of flat(status.children)) {
      restarts.inc({ child: path }, child.restarts);
      up.set({ child: path }, Number(child.state === 'running'));
    }
    memory.set(process.memoryUsage.rss());
  };
}

function flat(children: readonly ChildStatus[], above = ''): Array<{ path: string; child: ChildStatus }> {
  return children.flatMap((child) => {
    const path = `${above}${child.id}`;
    return [{ path, child }, ...flat(child.children ?? [], `${path}/`)];
  });
}
