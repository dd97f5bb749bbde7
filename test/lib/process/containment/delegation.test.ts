import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAttribute, whyNotDelegated } from '../../../../src/lib/process/containment/delegation.ts';
import { loadKoffi } from '../../../../src/lib/koffi.ts';
import { tempDir } from '../../../helpers/temp-dir.ts';

/** A machine under systemd that has delegated the cgroups of these directories. */
function systemd(...delegated: string[]) {
  return {
    isSystemd: () => true,
    attribute: (dir: string, name: string) =>
      name === 'user.delegate' && delegated.includes(dir) ? '1' : undefined,
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

  it('leaves the root to systemd', () => {
    expect(whyNotDelegated('/', '/cg', systemd('/cg'))).toMatch(/root/);
  });

  it('asks for nothing where no systemd rules', () => {
    const facts = { isSystemd: () => false, attribute: () => undefined };
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
