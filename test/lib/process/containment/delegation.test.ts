import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAttribute, whyNotDelegated } from '../../../../src/lib/process/containment/delegation.ts';
import { loadKoffi } from '../../../../src/lib/koffi.ts';
import { tempDir } from '../../../helpers/temp-dir.ts';

/** A machine under systemd that has marked these directories as delegated; `asked` are the units of which the user's manager was. */
function systemd(...delegated: string[]) {
  const asked: string[] = [];
  return {
    isSystemd: () => true,
    attribute: (dir: string, name: string) =>
      name === 'user.delegate' && delegated.includes(dir) ? '1' : undefined,
    userManagerDelegates: (unit: string) => {
      asked.push(unit);
      return unit === 'ninjad.service';
    },
    asked,
  };
}

describe('whyNotDelegated', () => {
  it('leaves a unit without Delegate=yes alone, and names it', () => {
    expect(whyNotDelegated('/user.slice/a.service', '/cg/user.slice/a.service', systemd())).toBe(
      'systemd has not delegated the cgroup of a.service (Delegate=yes)',
    );
  });

  it('takes the cgroup of a delegated unit, and a subgroup of it', () => {
    const facts = systemd('/cg/user.slice/a.service');
    expect(whyNotDelegated('/user.slice/a.service', '/cg/user.slice/a.service', facts)).toBeUndefined();
    expect(
      whyNotDelegated('/user.slice/a.service/main', '/cg/user.slice/a.service/main', facts),
    ).toBeUndefined();
  });

  it('does not take a unit that another manager runs below a delegated one', () => {
    const facts = systemd('/cg/user@1.service');
    const path = '/user@1.service/app.slice/term.scope';
    expect(whyNotDelegated(path, `/cg${path}`, facts)).toMatch(/term\.scope/);
  });

  // As seen on Debian 12, systemd 252: a service of the user with Delegate=yes, and only user@1000.service has the attribute.
  it('asks the user’s manager, which marks nothing, where the system has delegated to that', () => {
    const manager = '/user.slice/user-1000.slice/user@1000.service';
    const path = `${manager}/app.slice/ninjad.service`;
    const facts = systemd(`/cg${manager}`);
    expect(whyNotDelegated(path, `/cg${path}`, facts)).toBeUndefined();
    expect(whyNotDelegated(`${path}/task-1`, `/cg${path}/task-1`, facts)).toBeUndefined();
    expect(facts.asked).toEqual(['ninjad.service', 'ninjad.service']);

    const other = `${manager}/app.slice/other.service`;
    expect(whyNotDelegated(other, `/cg${other}`, facts)).toMatch(/other\.service/);
    // Nobody else is asked: not of a session of the system's manager, nor below a manager that has nothing itself.
    const session = '/user.slice/user-1000.slice/session-3.scope';
    const unmarked = systemd();
    expect(whyNotDelegated(session, `/cg${session}`, unmarked)).toMatch(/session-3\.scope/);
    expect(whyNotDelegated(path, `/cg${path}`, unmarked)).toMatch(/ninjad\.service/);
    expect(unmarked.asked).toEqual([]);
  });

  it('leaves the root to systemd', () => {
    expect(whyNotDelegated('/', '/cg', systemd('/cg'))).toMatch(/root/);
  });

  it('asks for nothing where no systemd rules', () => {
    const facts = { ...systemd(), isSystemd: () => false };
    expect(whyNotDelegated('/any.service', '/cg/any.service', facts)).toBeUndefined();
  });
});

describe.skipIf(loadKoffi() === undefined)('readAttribute', () => {
  it('reads an extended attribute of a real file, and nothing where there is none', () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    execFileSync('python3', ['-c', 'import os, sys; os.setxattr(sys.argv[1], "user.delegate", b"1")', file]);
    expect(readAttribute(file, 'user.delegate')).toBe('1');
    expect(readAttribute(file, 'user.other')).toBeUndefined();
    expect(readAttribute(join(file, 'missing'), 'user.delegate')).toBeUndefined();
  });
});
