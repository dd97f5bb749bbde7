import type { ValuesOf } from '../../lib/config/schema.ts';
import { type CheckResult, ok, warn } from '../../lib/doctor/check-result.ts';
import { settingOf, type Subject } from '../../lib/doctor/subject.ts';
import { detectContainment, type Tier } from '../../lib/process/containment/containment.ts';
import { canBecomeSubreaper } from '../../lib/process/subreaper.ts';
import type { taskSettings } from '../settings.ts';

type ContainmentSubject = Subject<{ containment: Tier }, ValuesOf<typeof taskSettings>>;

const delegate =
  'run ninjad as a service (ninjad service install), or try it with: systemd-run --user --scope -p Delegate=yes ninjad up';

/** How the processes of tasks are held together: what is in force, else what would be from here. */
export async function checkContainment(subject: ContainmentSubject): Promise<CheckResult> {
  const { daemon } = subject;
  const { tier, reason } =
    daemon.state === 'running'
      ? daemon.status.containment
      : await detectContainment(settingOf(subject, 'task.containment', 'auto'));
  const besides = tier === 'marker' && canBecomeSubreaper() ? '; the daemon would be a child subreaper' : '';
  const found = `${tier}: ${reason}${besides}`;
  if (tier === 'cgroup') return ok(found);
  return warn(
    found,
    'a cgroup for each task, which nothing leaves by forking',
    process.platform === 'linux' ? delegate : 'nothing: only Linux has cgroups',
  );
}
