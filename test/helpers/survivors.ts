import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskMarkerName, workerPrefix } from '../../src/lib/agent/marker.ts';
import { findMarked } from '../../src/lib/process/find-marked.ts';
import { signalExactly } from '../../src/lib/process/signal-exactly.ts';

/** The UUID of the daemon of this home, which the marks of its tasks begin with. */
export function workerOf(home: string): string {
  const { uuid } = JSON.parse(readFileSync(join(home, 'journal', 'journal.json'), 'utf8')) as {
    uuid: string;
  };
  return uuid;
}

/** The living processes that tasks of the daemon of this home have started, by their marker, as command lines. */
export async function survivorsOf(home: string): Promise<string[]> {
  const marked = await findMarked(taskMarkerName, workerPrefix(workerOf(home)));
  return marked.map(({ command }) => command);
}

/** A daemon that was killed leaves its agents to the next one, which a test that has failed does not start: kills them. */
export async function killSurvivorsOf(home: string): Promise<void> {
  if (!existsSync(join(home, 'journal', 'journal.json'))) return;
  const marked = await findMarked(taskMarkerName, workerPrefix(workerOf(home)));
  for (const { identity } of marked) signalExactly(identity, 'SIGKILL');
}
