import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliHarness, jsonOf } from './cli-harness.ts';

const cli = cliHarness();
const isBooted = existsSync('/run/systemd/system');

describe('ninjad service', () => {
  it('prints the unit and what it would run, and writes nothing', async () => {
    const { code, stdout, stderr } = await cli.run(['service', 'install', '--print'], {
      env: { DATABASE_URL: 'postgres://a:secret@b/c' },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`# ${join(cli.home(), '../.config/systemd/user/ninjad.service')}\n[Unit]\n`);
    expect(stdout).toContain(`Environment=NINJAD_HOME=${cli.home()}\n`);
    expect(stdout).toMatch(/# then: systemctl --user daemon-reload\n# then: systemctl --user enable/);
    expect(stdout).toMatch(/# DATABASE_URL is set in this shell/);
    expect(stdout).not.toContain('secret');
    expect(readdirSync(join(cli.home(), '..'))).toEqual([]);

    const system = jsonOf(await cli.run(['service', 'install', '--system', '--print', '--json']));
    expect(system).toMatchObject({
      scope: 'system',
      file: '/etc/systemd/system/ninjad.service',
      commands: expect.arrayContaining(['systemctl enable ninjad.service']) as unknown,
      node: { isStable: expect.any(Boolean) as boolean },
    });
  });

  it.skipIf(isBooted)('says what to do instead where no systemd runs', async () => {
    const { code, stderr } = await cli.run(['service', 'install']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no systemd runs this machine[\s\S]*OpenRC[\s\S]*cron[\s\S]*container/);
    expect(readdirSync(join(cli.home(), '..'))).toEqual([]);
  });

  it('says that there is no service, where it is asked for one', async () => {
    for (const act of ['status', 'restart', 'uninstall']) {
      const { code, stderr } = await cli.run(['service', act]);
      expect({ act, code }).toEqual({ act, code: 1 });
      expect(stderr).toMatch(/there is no service of ninjad .*ninjad service install makes one/);
    }
    const { code, stderr } = await cli.run(['service', 'logs']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/there is no log yet/);
    expect((await cli.run(['service', 'install', '--nonsense'])).code).toBe(2);
  });
});
