import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homePaths } from '../../../src/lib/config/paths.ts';
import { defaultPermissions } from '../../../src/tasks/permissions/permission.ts';
import { secretPlaces } from '../../../src/tasks/permissions/secret-places.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const paths = homePaths('/home/olga/.ninjad');
const rulesOf = (home = paths) => secretPlaces('local', home, '/home/olga');

describe('the places of secrets', () => {
  it('are closed to all but the owner’s own words', () => {
    for (const trust of ['local', 'untrusted'] as const)
      expect(secretPlaces(trust, paths, '/home/olga')).toEqual(
        expect.arrayContaining([
          'Read(//home/olga/.ninjad/token)',
          'Grep(//home/olga/.ninjad/token)',
          'Read(//home/olga/.ninjad/run/**)',
          'Read(//home/olga/.ninjad/config.json)',
          'Read(//home/olga/.ninjad/mcp/**)',
          'Read(//home/olga/.ssh/**)',
        ]),
      );
    expect(secretPlaces('owner', paths, '/home/olga')).toEqual([]);
  });

  it.each([
    ['the environment and the files of processes', 'Read(//proc/*/**)'],
    ['credentials that services are given', 'Read(//run/credentials/**)'],
    ['keys of the machine', 'Read(//etc/ssh/*_key)'],
    ['tokens of other tools', 'Grep(//home/olga/.config/rclone/**)'],
    ['keyrings', 'Glob(//home/olga/.local/share/keyrings/**)'],
    ['commands that were typed', 'Read(//home/olga/.*_history)'],
  ])('are %s', (_, rule) => {
    expect(rulesOf()).toContain(rule);
  });

  it('follow the CLI to where its settings say that it keeps its login', () => {
    const rules = secretPlaces('local', paths, '/home/olga', '/srv/claude');
    expect(rules).toContain('Read(//srv/claude/.credentials.json)');
  });

  it('are closed under their true names too, where a home is a link', () => {
    const root = tempDir();
    mkdirSync(join(root, 'disk', 'nj'), { recursive: true });
    symlinkSync(join(root, 'disk', 'nj'), join(root, 'home'));
    const rules = secretPlaces('local', homePaths(join(root, 'home')), '/home/olga');
    for (const home of [join(root, 'home'), join(root, 'disk', 'nj')]) {
      expect(rules).toContain(`Read(/${home}/token)`);
      expect(rules).toContain(`Read(/${home}/pg/**)`);
    }
  });

  it('leave open where agents work', () => {
    expect(rulesOf().filter((rule) => rule.includes(join('.ninjad', 'work')))).toEqual([]);
  });

  it('survive a home whose name is special in rules or lists', () => {
    const rules = rulesOf(homePaths('/srv/a, b (c)[d]*/.ninjad'));
    expect(rules).toContain('Read(//srv/a??b??c??d??/.ninjad/token)');
    for (const rule of rules) expect(rule).toMatch(/^(?:Read|Grep|Glob)\([^,()[\]\s]+\)$/);
    expect(rules.filter((rule) => rule.endsWith('/**)')).length).toBeGreaterThan(0);
  });
});

describe('what events from machines may do by default', () => {
  it('names each command whole, and none that prints files or touches', () => {
    const commands = defaultPermissions.local.allow.filter((rule) => rule.startsWith('Bash'));
    expect(commands.length).toBeGreaterThan(5);
    for (const rule of commands) {
      expect(rule).toMatch(/^Bash\([a-z][a-z0-9 -]+\)$/);
      expect(rule).not.toMatch(/\((?:cat|head|tail|wc|less|grep|sed|awk|find|env)\b/);
    }
  });
});
