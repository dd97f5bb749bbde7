import { type CheckResult, ok, warn } from '../../lib/doctor/check-result.ts';
import type { Subject } from '../../lib/doctor/subject.ts';
import type { TaskWitness } from './task-witness.ts';

/** Tasks that were given up and wait for the owner. */
export async function checkDeadLetters({
  daemon,
  client,
}: Pick<Subject, 'daemon'> & { client: TaskWitness }): Promise<CheckResult> {
  if (daemon.state !== 'running') return ok('not known while no daemon runs');
  const { items: dead } = await client.ask('tasks.list', { state: 'dead', limit: 1000 });
  if (dead.length === 0) return ok('none');
  const latest = dead[0];
  return warn(
    `${dead.length} tasks were given up; the latest is ${latest?.id ?? 0}: ${latest?.reason ?? latest?.outcome ?? ''}`,
    'none',
    `ninjad tasks --state dead, then ninjad task ${latest?.id ?? 'ID'} --retry`,
  );
}
