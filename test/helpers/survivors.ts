import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardianVariable } from '../../src/lib/process/guardian-script.ts';
import { taskMarkerName, workerPrefix } from '../../src/lib/process/marker.ts';
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

/** The pids of the guardians of the daemon of this home. */
export async function guardiansOf(home: string): Promise<number[]> {
  const marked = await findMarked(guardianVariable, workerOf(home));
  return marked.map(({ identity }) => identity.pid);
}

/** Takes the guardian away, so that a kill of the daemon leaves its agents to the next start; another one follows after a second. */
export async function killGuardianOf(home: string): Promise<void> {
  for (const pid of await guardiansOf(home)) process.kill(pid, 'SIGKILL');
}
