import type { TestDaemon } from '../helpers/daemon.ts';

/**
 * A limit of time, in milliseconds, within which the CLI gets to its tool on this machine, however slow that is just
 * now: four times what a run with a tool takes. That run is a task of its own.
 */
export async function reachableLimitMs(daemon: TestDaemon): Promise<number> {
  const { code } = await daemon.ninjad('ask', '[[bash true]] [[say warm]]');
  if (code !== 0) throw new Error('the run that was to be measured has failed');
  const took = await daemon.value(
    'SELECT extract(epoch FROM finished_at - started_at)::float8 * 1000 FROM tasks ORDER BY id DESC LIMIT 1',
  );
  return Math.max(5_000, Math.round(4 * Number(took)));
}

/** Sets a setting at run time. */
export async function setSetting(daemon: TestDaemon, name: string, value: unknown): Promise<void> {
  const { code, stderr } = await daemon.ninjad('config', 'set', name, JSON.stringify(value));
  if (code !== 0) throw new Error(stderr);
}
