import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openHome } from '../../src/lib/config/open-home.ts';
import type { NamedResult } from '../../src/lib/doctor/check-result.ts';
import { cliHarness, jsonOf } from './cli-harness.ts';

const cli = cliHarness();

interface Report {
  ok: boolean;
  findings: NamedResult[];
}

describe('ninjad doctor', () => {
  it('finds a fresh home usable, though no daemon runs, and makes nothing there', async () => {
    const report = jsonOf(await cli.run(['doctor', '--json'])) as Report;
    expect(report.ok).toBe(true);
    expect(report.findings.find(({ check }) => check === 'daemon')).toMatchObject({
      verdict: 'warn',
      advice: 'ninjad up',
    });
    const again = jsonOf(await cli.run(['doctor', '--json'])) as Report;
    expect(again.findings.find(({ check }) => check === 'home')?.found).toMatch(/does not exist/);
  });

  it('exits 1 where something is wrong, with what was expected and what to do', async () => {
    const paths = openHome(cli.home());
    writeFileSync(paths.fifo, 'lost\n');
    writeFileSync(paths.configFile, '{ "lanes": { "totl": 3 } }');
    const { code, stdout, stderr } = await cli.run(['doctor']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/✗ pipe .*regular file.*\n +expected a named pipe\n +to do +move it away/);
    expect(stdout).toMatch(/✗ config .*did you mean lanes\.total/);
    expect(stdout).toMatch(/\n\d+ fine, \d+ to know, 2 wrong\n$/);
  });

  it('reports a check that fails itself, and makes all others', async () => {
    mkdirSync(cli.paths().configFile, { recursive: true });
    const { code, stdout } = await cli.run(['doctor', '--json']);
    const { findings } = JSON.parse(stdout) as Report;
    expect(code).toBe(1);
    expect(findings.find(({ check }) => check === 'config')).toMatchObject({ verdict: 'fail' });
    expect(findings.length).toBeGreaterThan(20);
  });

  it('asks the daemon where one runs', async () => {
    await cli.daemon();
    const { code, stdout } = await cli.run(['doctor', '--json']);
    const { findings } = JSON.parse(stdout) as Report;
    // The fake one has a part that is down.
    expect(code).toBe(1);
    expect(findings.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check)).toEqual(['tree']);
    expect(findings.find(({ check }) => check === 'processes')?.found).toMatch(/^cgroup: /);
  });
});
