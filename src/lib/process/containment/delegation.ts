import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadKoffi } from '../../koffi.ts';

/** Facts that decide whether we may make cgroups in one; for tests. */
export interface DelegationFacts {
  /** True where systemd runs this machine or container, so that every cgroup not delegated is its own (sd_booted(3)). */
  isSystemd: () => boolean;
  /** The value of an extended attribute, or undefined where there is none. */
  attribute: (dir: string, name: string) => string | undefined;
  /** Whether the user's own manager says that it has delegated the cgroup of one of its units. */
  userManagerDelegates: (unit: string) => boolean;
}

const unitName = /\.(service|scope|slice|socket|mount|swap)$/;
const userManager = /^user@\d+\.service$/;

/**
 * Reason why the cgroup at `dir`, called `path` in its hierarchy, is not ours to use, or undefined where it is.
 * Under systemd it must belong to a unit with `Delegate=yes`, which systemd marks with the attribute `user.delegate`
 * (since 251) or `trusted.delegate`. Managers of users do not mark theirs (seen with 252, of Debian 12): below such a manager, whose
 * own unit is marked, it is asked. Elsewhere nobody but its owner rules a cgroup, and being able to write is enough.
 */
export function whyNotDelegated(path: string, dir: string, facts = hostFacts): string | undefined {
  if (!facts.isSystemd()) return undefined;
  const names = path.split('/').filter((name) => name !== '');
  const at = names.findLastIndex((name) => unitName.test(name));
  const unit = names[at];
  if (unit === undefined) return 'its cgroup is the root, which belongs to systemd';
  const isMarked = (index: number): boolean => {
    const above = dirAbove(dir, names.length - 1 - index);
    return ['user.delegate', 'trusted.delegate'].some((name) => facts.attribute(above, name) === '1');
  };
  if (isMarked(at)) return undefined;
  const manager = names.slice(0, at).findLastIndex((name) => userManager.test(name));
  if (manager !== -1 && isMarked(manager) && facts.userManagerDelegates(unit)) return undefined;
  return `systemd has not delegated the cgroup of ${unit} (Delegate=yes)`;
}

function dirAbove(dir: string, levels: number): string {
  return levels === 0 ? dir : dirAbove(dirname(dir), levels - 1);
}

/** The machine as it is. */
export const hostFacts: DelegationFacts = {
  isSystemd: () => existsSync('/run/systemd/system'),
  attribute: readAttribute,
  userManagerDelegates: askUserManager,
};

const answerMs = 10_000;

function askUserManager(unit: string): boolean {
  const { status, stdout } = spawnSync(
    'systemctl',
    ['--user', 'show', '--property=Delegate', '--value', '--', unit],
    {
      encoding: 'utf8',
      timeout: answerMs,
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/bin:/bin` },
    },
  );
  return status === 0 && stdout.trim() === 'yes';
}

const maxValueBytes = 16;

/** An extended attribute of a file as text, or undefined where there is none, or no way to ask (no koffi). */
export function readAttribute(path: string, name: string): string | undefined {
  const getxattr = loadKoffi()
    ?.load(null)
    .func('int64_t getxattr(const char *path, const char *name, _Out_ uint8_t *value, size_t size)');
  if (getxattr === undefined) return undefined;
  const value = Buffer.alloc(maxValueBytes);
  const length = Number(getxattr(path, name, value, value.length));
  return length < 0 ? undefined : value.toString('utf8', 0, length);
}
