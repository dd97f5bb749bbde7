import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bus } from '../lib/bus.ts';
import type { LiveSettings } from '../lib/config/live-settings.ts';
import { zoneName } from '../lib/local-time.ts';
import type { ProgramRunner } from '../lib/process/run-program.ts';
import { withoutSecrets } from '../lib/secrets/secret-patterns.ts';
import type { Store } from '../lib/store/store.ts';
import { DAY, HOUR, MINUTE } from '../lib/time.ts';
import type { OutboxFacts } from '../outbox/facts.ts';
import type { Fire, FireEnd, JobDefinition, JobKind } from '../schedule/job.ts';
import { tellOwner } from '../tasks/tell-owner.ts';
import { hasOwnName, listBackups, verifiedPath } from './backup/catalogue.ts';
import { outlived } from './keep.ts';
import { recordRun, type UpkeepRun, wasFoundSpoilt } from './rows.ts';
import type { UpkeepValues } from './settings.ts';

export interface UpkeepJobDeps {
  settings: Pick<LiveSettings<UpkeepValues>, 'get'>;
  store: Store;
  bus: Pick<Bus<OutboxFacts>, 'emit'>;
  programs: ProgramRunner;
  /** The command line of ninjad itself: a backup is made by a process of its own, so that the daemon's loop stays free. */
  ninjad: { command: string; args: readonly string[] };
  env: Readonly<Record<string, string>>;
  home: string;
  /** UUID of this home's journal: each home has jobs of its own. */
  worker: string;
  now: () => Date;
}

const longestMs = 6 * HOUR;
const drillAfterMs = 30 * MINUTE;
const lookParts = 7;

/** Backups and drills as the scheduler runs them, where `backup.at` says when. */
export function createUpkeepJobs(deps: UpkeepJobDeps): JobKind {
  const prefix = `upkeep:${deps.worker}:`;
  return {
    name: 'upkeep',
    concurrency: 1,
    list: () => Promise.resolve(definitions(deps, prefix)),
    run: (fire, signal) =>
      fire.jobId === `${prefix}drill` ? runDrill(deps, fire, signal) : runBackup(deps, fire, signal),
  };
}

function definitions({ settings }: UpkeepJobDeps, prefix: string): JobDefinition[] {
  const at = settings.get('backup.at');
  if (at === null) return [];
  const [hour = 0, minute = 0] = at.split(':').map(Number);
  const common = {
    paused: false,
    missed: 'once',
    missedWindowMs: DAY,
    missedCap: 1,
    overlap: 'skip',
    jitterMs: 0,
    timeoutMs: longestMs,
  } as const;
  const cron = `${minute} ${hour} * * *`;
  const backup: JobDefinition = {
    ...common,
    id: `${prefix}backup`,
    label: 'backup',
    schedule: { kind: 'cron', cron, zone: zoneName() },
  };
  const days = settings.get('backup.drillDays');
  if (days === null) return [backup];
  const anchor = new Date(drillAfterMs);
  return [
    backup,
    {
      ...common,
      id: `${prefix}drill`,
      label: 'backup drill',
      schedule: { kind: 'every', everyMs: days * DAY, anchor },
    },
  ];
}

/** Makes a backup, hands it to the owner's program, removes those that are outlived, and reads a part of one that is kept. */
async function runBackup(deps: UpkeepJobDeps, fire: Fire, signal: AbortSignal): Promise<FireEnd> {
  const made = await runNinjad(deps, ['backup', 'create', '--json'], signal);
  if (signal.aborted) return { state: 'cancelled', reason: 'it was called off' };
  const archive = made.problem === undefined ? archiveOf(made.stdout) : null;
  const problem =
    made.problem ?? (archive === null ? 'it named no archive' : await carryAway(deps, archive, signal));
  if (problem === undefined) await removeOutlived(deps);
  const end = await settle(deps, fire, { kind: 'create', archive, reason: problem ?? null });
  await lookAtKept(deps, fire, archive, signal);
  return end;
}

/** A disk may forget what it holds: each night a part of the bytes of the backup that was looked at longest ago is compared. */
async function lookAtKept(
  deps: UpkeepJobDeps,
  fire: Fire,
  made: string | null,
  signal: AbortSignal,
): Promise<void> {
  const all = (await listBackups(folderOf(deps))).filter(({ path }) => path !== made);
  const spoilt = all.filter(({ problem }) => problem !== undefined);
  for (const { path, problem = '' } of spoilt)
    if (!(await wasFoundSpoilt(deps.store, path)))
      await settle(deps, fire, { kind: 'verify', archive: path, reason: problem });
  const kept = all.filter(({ problem }) => problem === undefined);
  const [next] = kept.sort((a, b) => (a.verifiedAt ?? '').localeCompare(b.verifiedAt ?? ''));
  if (next === undefined) return;
  const part = (Math.floor(deps.now().getTime() / DAY) % lookParts) + 1;
  const args = ['backup', 'verify', next.path, '--sample', `${part}/${lookParts}`];
  const { problem, stdout } = await runNinjad(deps, args, signal);
  if (signal.aborted) return;
  const reason = problem === undefined ? null : `${problem} ${stdout.trim()}`.trim();
  await settle(deps, fire, { kind: 'verify', archive: next.path, reason });
}

async function runDrill(deps: UpkeepJobDeps, fire: Fire, signal: AbortSignal): Promise<FireEnd> {
  const [newest] = await listBackups(folderOf(deps));
  if (newest === undefined) return { state: 'skipped', reason: 'there is no backup yet' };
  const { problem } = await runNinjad(deps, ['backup', 'drill', newest.path, '--json'], signal);
  if (signal.aborted) return { state: 'cancelled', reason: 'it was called off' };
  return settle(deps, fire, { kind: 'drill', archive: newest.path, reason: problem ?? null });
}

function archiveOf(stdout: string): string | null {
  try {
    const { path } = JSON.parse(stdout) as { path?: unknown };
    return typeof path === 'string' ? path : null;
  } catch {
    return null;
  }
}

/** Resolves to why the owner's program did not take it, or undefined where it did or where there is none. */
async function carryAway(
  deps: UpkeepJobDeps,
  archive: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const line = deps.settings.get('backup.command');
  if (line === null) return undefined;
  const [command = '', ...args] = line.map((word) => word.replaceAll('{archive}', archive));
  const env = { ...deps.env, NINJAD_ARCHIVE: archive };
  const ended = await deps.programs.run({ command, args, cwd: deps.home, env, timeoutMs: longestMs }, signal);
  return problemOf('backup.command', ended);
}

async function runNinjad(
  { programs, ninjad, env, home }: UpkeepJobDeps,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ stdout: string; problem: string | undefined }> {
  const ended = await programs.run(
    { command: ninjad.command, args: [...ninjad.args, ...args], cwd: home, env, timeoutMs: longestMs },
    signal,
  );
  return { stdout: ended.stdout.toString('utf8'), problem: problemOf('ninjad', ended) };
}

function problemOf(
  name: string,
  { problem, code, stderr }: { problem: string | null; code: number | null; stderr: Buffer },
): string | undefined {
  if (problem !== null) return `${name}: ${problem}`;
  if (code === 0) return undefined;
  // It is kept, shown and sent on, and programs that upload print addresses with passwords in them.
  return `${name} ended with ${String(code)}: ${withoutSecrets(stderr.toString('utf8').trim()).slice(-500)}`;
}

function folderOf({ settings, home }: UpkeepJobDeps): string {
  return settings.get('backup.dir') ?? join(home, 'backups');
}

async function removeOutlived(deps: UpkeepJobDeps): Promise<void> {
  const { settings } = deps;
  const readable = (await listBackups(folderOf(deps))).flatMap(({ path, at }) =>
    // What the owner has given a name of its own is theirs.
    at === null || !hasOwnName(path) ? [] : [{ path, at: new Date(at) }],
  );
  const keep = {
    daily: settings.get('backup.keepDaily'),
    weekly: settings.get('backup.keepWeekly'),
    monthly: settings.get('backup.keepMonthly'),
  };
  for (const { path } of outlived(readable, keep)) {
    await rm(path, { force: true });
    await rm(verifiedPath(path), { force: true });
  }
}

const failures: Readonly<Record<UpkeepRun['kind'], string>> = {
  create: 'The backup failed',
  drill: 'The drill of the backup failed',
  verify: 'A backup that is kept is not what it was',
};

async function settle(
  { store, bus, now }: UpkeepJobDeps,
  { startedAt }: Fire,
  { kind, archive, reason }: Pick<UpkeepRun, 'kind' | 'archive' | 'reason'>,
): Promise<FireEnd> {
  const endedAt = now();
  const state = reason === null ? 'done' : 'failed';
  const text = `${failures[kind]}: ${reason ?? ''}`;
  await store.transaction(async (tx) => {
    await recordRun(tx, { kind, at: startedAt, endedAt, state, archive, reason });
    if (reason !== null) await tellOwner(tx, { origin: 'upkeep', text, taskId: null, now: endedAt });
  });
  if (reason === null) return { state: 'done' };
  bus.emit('owner.told', { origin: 'upkeep', text, taskId: null });
  return { state: 'failed', reason };
}
