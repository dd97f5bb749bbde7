import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMarked } from '../../src/lib/process/find-marked.ts';
import { taskMarkerName, workerPrefix } from '../../src/lib/process/marker.ts';
import type { SensorView } from '../../src/sensors/view.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { workerOf } from '../helpers/survivors.ts';

let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await startDaemon({
    config: { sensors: { 'tick:declared': { every: '1s', text: 'declared', category: 'test-tick' } } },
    env: { NINJAD_KILL_GRACE_MS: '300' },
  });
}, 240_000);
afterAll(() => endDaemons());

const events = async (where: string): Promise<string[]> =>
  (
    await daemon.rows(
      `SELECT coalesce(payload::json->>'text', payload) FROM (SELECT * FROM events WHERE ${where} ORDER BY id) e`,
    )
  ).map(([text]) => String(text));
const plain = async (where: string): Promise<string[]> =>
  (await daemon.rows(`SELECT payload FROM events WHERE ${where} ORDER BY id`)).map(([text]) => String(text));
const show = async (name: string): Promise<SensorView> =>
  JSON.parse((await daemon.ninjad('sensors', 'show', name, '--json')).stdout) as SensorView;

function put(name: string, script: string, mode = 0o700): string {
  const path = join(daemon.home, 'sensors', name);
  writeFileSync(path, `#!/bin/sh\n# ninjad: every 1s\n${script}\n`);
  chmodSync(path, mode);
  return path;
}

describe('sensors of a daemon', () => {
  it('run by the clock, one event an instant, as config.json says', async () => {
    await until('three ticks', async () => (await events(`source = 'sensor:tick:declared'`)).length >= 3);
    expect(
      await daemon.value(
        `SELECT count(*)::int FROM job_fires WHERE job_id LIKE 'sensor:%tick:declared' AND state = 'done'`,
      ),
    ).toBeGreaterThan(1);
    expect(await show('tick:declared')).toMatchObject({
      origin: 'config',
      enabled: true,
      state: 'ok',
      every: '1s',
    });
    const refused = await daemon.ninjad('sensors', 'disable', 'tick:declared');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('declared in config.json')]);
  });

  it('are switched on, tried and switched off from the command line', async () => {
    const tried = await daemon.ninjad('sensors', 'try', 'memory', '--set', 'warnPercent=0.01');
    expect(tried.stdout).toMatch(/^(NORMAL|HIGH)\|sensor:memory\|[^|]+\|memory\|\{.*\}\n$/);
    expect((await daemon.ninjad('sensors', 'try', 'memory')).stdout).toBe('');
    const unknown = await daemon.ninjad('sensors', 'try', 'disk', '--set', 'paths=["/nowhere"]');
    expect([unknown.stdout, unknown.stderr]).toEqual(['', expect.stringContaining('is unknown')]);

    const on = await daemon.ninjad(
      'sensors',
      'enable',
      'memory',
      '--set',
      'warnPercent=0.01',
      '--every',
      '1s',
      '--json',
    );
    expect(JSON.parse(on.stdout)).toMatchObject({
      name: 'memory',
      enabled: true,
      every: '1s',
      settings: { warnPercent: 0.01 },
    });
    await until('an event of memory', async () => (await plain(`source = 'sensor:memory'`)).length > 0);
    await until('further looks', async () => (await show('memory')).durations.length > 2);
    expect(await plain(`source = 'sensor:memory'`)).toHaveLength(1);
    await daemon.ninjad('sensors', 'disable', 'memory');
    expect(await show('memory')).toMatchObject({ enabled: false, state: 'off', nextRuns: [] });

    const bad = await daemon.ninjad('sensors', 'enable', 'tls:nas', '--set', 'hots=nas');
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('did you mean host?')]);
    expect((await daemon.ninjad('sensors', 'enable', 'dsk')).stderr).toContain('did you mean disk?');
    const list = JSON.parse((await daemon.ninjad('sensors', 'list', '--json')).stdout) as SensorView[];
    expect(list.find(({ name }) => name === 'temperature')).toMatchObject({
      origin: 'built-in',
      enabled: false,
      state: 'off',
    });
  });

  it('that are programs of the owner come, change, lose their x bit and go, without a restart', async () => {
    const path = put('own.sh', 'echo "HUMAN|dashboard||note|one"');
    await until('its line', async () =>
      (await plain(`source = 'sensor:own.sh' AND category = 'note'`)).includes('one'),
    );
    expect(
      await daemon.value(
        `SELECT DISTINCT priority FROM events WHERE source = 'sensor:own.sh' AND category = 'note'`,
      ),
    ).toBe(1);
    put('own.sh', 'echo two');
    await until('its other line', async () => (await plain(`source = 'sensor:own.sh'`)).includes('two'));
    chmodSync(path, 0o600);
    await until(
      'its trouble',
      async () => (await plain(`source = 'sensor:own.sh' AND category = 'sensor-trouble'`)).length > 0,
    );
    expect((await show('own')).reason).toContain('not executable');
    chmodSync(path, 0o700);
    await until('it is well again', async () =>
      (await plain(`source = 'sensor:own.sh' AND category = 'sensor-trouble'`)).some((payload) =>
        payload.includes('well again'),
      ),
    );
    const { stdout } = await daemon.ninjad('doctor', '--json');
    expect(stdout).toContain('PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  });

  it('are watched like everything else: the samples agree with the metrics', async () => {
    await until(
      'a sample',
      async () => Number(await daemon.value('SELECT count(*)::int FROM self_samples')) > 0,
    );
    expect(await show('self-watch')).toMatchObject({ enabled: true, state: 'ok', every: '10s' });
    expect((await daemon.ninjad('sensors', 'disable', 'self-watch')).stderr).toContain('always on');
    const { points, stepS } = await daemon.client.ask('self.series', {
      range: 'hour',
      figures: ['rssBytes', 'restarts', 'loopP99Ms'],
    });
    expect(stepS).toBe(10);
    expect(points.at(-1)?.figures).toMatchObject({
      restarts: 0,
      rssBytes: expect.any(Number) as number,
      loopP99Ms: expect.any(Number) as number,
    });
  });

  it('leave nothing behind when the daemon is killed: the next start ends what they had started', async () => {
    put('forks', 'setsid sleep 600 & sleep 601');
    const marked = () => findMarked(taskMarkerName, workerPrefix(workerOf(daemon.home)));
    await until('it runs', async () => (await marked()).length >= 2);
    await daemon.kill('SIGKILL');
    writeFileSync(join(daemon.home, 'sensors', 'forks'), '#!/bin/sh\n# ninjad: every 1d\nexit 0\n');
    daemon = await startDaemon({ home: daemon.home, env: { NINJAD_KILL_GRACE_MS: '300' } });
    await until(
      'nobody is left',
      async () => !(await marked()).some(({ command }) => command.includes('sleep 60')),
    );
  });
});
