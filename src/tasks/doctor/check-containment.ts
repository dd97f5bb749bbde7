import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValuesOf } from '../../lib/config/schema.ts';
import { type CheckResult, ok, warn } from '../../lib/doctor/check-result.ts';
import { settingOf, type Subject } from '../../lib/doctor/subject.ts';
import { detectContainment, type Tier } from '../../lib/process/containment/containment.ts';
import { canBecomeSubreaper } from '../../lib/process/subreaper.ts';
import type { taskSettings } from '../settings.ts';

type ContainmentSubject = Subject<{ containment: Tier }, ValuesOf<typeof taskSettings>>;

const delegate =
  'run ninjad as a systemd service with Delegate=yes, or try it with: systemd-run --user --scope -p Delegate=yes ninjad up';

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

/** Whether the systemd unit of ninjad, where there is one, gives it its cgroup. */
export function checkUnit(
  { userHome, env }: Pick<Subject, 'userHome' | 'env'>,
  systemUnits = '/etc/systemd/system',
): CheckResult {
  const folder = join(env['XDG_CONFIG_HOME'] ?? join(userHome, '.config'), 'systemd', 'user');
  const unit = [folder, systemUnits]
    .map((dir) => join(dir, 'ninjad.service'))
    .find((path) => existsSync(path));
  if (unit === undefined) return ok('no systemd unit ninjad.service');
  const files = [unit, join(`${unit}.d`, 'override.conf')].filter((path) => existsSync(path));
  const settings = files.flatMap((path) => [
    ...readFileSync(path, 'utf8').matchAll(/^\s*Delegate\s*=\s*(\S*)/gm),
  ]);
  const value = settings.at(-1)?.[1] ?? '';
  if (value !== '' && !/^(no|false|off|0)$/i.test(value)) return ok(`${unit}, Delegate=${value}`);
  const user = unit.startsWith(folder) ? '--user ' : '';
  return warn(
    `${unit} has no Delegate=yes`,
    'Delegate=yes in [Service]',
    `systemctl ${user}edit ninjad, add [Service] Delegate=yes, then systemctl ${user}restart ninjad`,
  );
}
