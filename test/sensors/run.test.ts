import { execFileSync } from 'node:child_process';
import { chmodSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBench } from '../../actors/sensors/bench.ts';
import { homePaths } from '../../src/lib/config/paths.ts';
import { openHome } from '../../src/lib/config/open-home.ts';
import { findMarked } from '../../src/lib/process/find-marked.ts';
import { taskMarkerName } from '../../src/lib/process/marker.ts';
import { createProgramRunner } from '../../src/lib/process/run-program.ts';
import { closeFifo, ensureFifo, openFifo } from '../../src/lib/wire/fifo.ts';
import { putEvent } from '../../src/lib/wire/put-event.ts';
import { createSettings } from '../../src/settings.ts';
import { createSensorRecords } from '../../src/sensors/records.ts';
import { createSensors } from '../../src/sensors/registry.ts';
import { createSensorRunner } from '../../src/sensors/run.ts';
import type { Sensor } from '../../src/sensors/sensor.ts';
import { closeAfterTest } from '../helpers/closers.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { loopHeldWhile } from '../helpers/loop-held.ts';
import { tempDir } from '../helpers/temp-dir.ts';

leakGuard();

const worker = '6f1c1a52-0000-4000-8000-0123456789ab';
const noRows = { query: () => Promise.resolve({ rows: [] }) } as never;

/** A home with a pipe that the test reads, and everything that runs sensors: real workers, real programs. */
async function setUp(config: object = {}, roots?: { proc: string; sys: string }) {
  const home = join(tempDir(), 'home');
  const paths = openHome(home);
  writeFileSync(paths.configFile, JSON.stringify(config));
  const settings = createSettings({ configFile: paths.configFile, env: {} });
  await ensureFifo(paths.fifo);
  const fifo = openFifo(paths.fifo);
  closeAfterTest(() => closeFifo(fifo));
  const records = createSensorRecords(paths.sensorState);
  const runner = createSensorRunner({
    bench: createBench({ paths: homePaths(home), ...(roots !== undefined && { roots }) }),
    programs: createProgramRunner({
      worker,
      containment: { tier: 'marker', base: null, reason: 'a test' },
      strays: { begin: () => undefined, claims: () => () => false, end: () => undefined },
      folder: paths.runs,
      graceMs: () => 200,
    }),
    records,
    settings,
    put: (event) => putEvent(paths, event),
    env: { HOME: home, DATABASE_URL: 'postgres://secret' },
    home,
    folder: paths.runs,
  });
  const sensors = createSensors({ store: noRows, settings, worker, folder: paths.sensors });
  const signal = new AbortController().signal;
  const found = async (name: string): Promise<Sensor> => {
    const sensor = await sensors.find(name);
    if (sensor === undefined) throw new Error(`no sensor ${name}`);
    return sensor;
  };
  return {
    paths,
    records,
    sensors,
    runner,
    found,
    run: async (name: string) => runner.run(await found(name), signal),
    put(name: string, script: string) {
      writeFileSync(join(paths.sensors, name), `#!/bin/sh\n# ninjad: every 1m\n${script}\n`);
      chmodSync(join(paths.sensors, name), 0o700);
    },
    /** The lines in the pipe, without their times. */
    lines(): string[] {
      const buffer = Buffer.alloc(1024 * 1024);
      try {
        const text = buffer.toString('utf8', 0, readSync(fifo.fd, buffer));
        return text.split('\n').filter((line) => line !== '');
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === 'EAGAIN') return [];
        throw thrown;
      }
    },
  };
}

const texts = (lines: readonly string[]): string[] =>
  lines.map((line) => {
    const [priority, source, , category, ...payload] = line.split('|');
    const said = payload.join('|');
    const text = said.startsWith('{') ? (JSON.parse(said) as { text: string }).text : said;
    return [priority, source, category, text].join(' ');
  });

describe('a sensor that ships', () => {
  it('writes a wire line into the pipe when its level changes, and remembers that over its lives', async () => {
    const home = await setUp({ sensors: { memory: { warnPercent: 0.01, criticalPercent: 100 } } });
    expect(await home.run('memory')).toMatchObject({ state: 'done', events: 1 });
    const [line] = home.lines();
    expect(line).toMatch(/^NORMAL\|sensor:memory\|\d{4}-\d\d-\d\dT[^|]+Z\|memory\|\{/);
    expect(JSON.parse(line?.split('|').slice(4).join('|') ?? '')).toMatchObject({
      sensor: 'memory',
      subject: 'memory',
      state: 'warning',
      before: 'ok',
      dedupKey: expect.stringMatching(/:0:memory:warning$/) as string,
    });
    expect(await home.run('memory')).toMatchObject({ state: 'done', events: 0 });
    expect(home.lines()).toEqual([]);
    expect(home.records.read('memory').runs.map(({ events }) => events)).toEqual([1, 0]);
  });

  it('is only tried: nothing is written or remembered', async () => {
    const home = await setUp({ sensors: { tick: true } });
    const trial = await home.runner.try(await home.found('tick'), new AbortController().signal);
    expect(trial.lines.map((line) => line.replace(/\|\d{4}[^|]*\|/, '|T|'))).toEqual([
      expect.stringContaining('IDLE|sensor:tick|T|heartbeat|{"text":"tick"') as string,
    ]);
    expect(home.lines()).toEqual([]);
    expect(home.records.read('tick').runs).toEqual([]);
  });

  it('is unknown and never zero where its source is missing', async () => {
    const nowhere = tempDir();
    const names = ['memory', 'load', 'pressure', 'temperature', 'process'];
    const sensors = Object.fromEntries(
      names.map((name) => [name, name === 'process' ? { match: 'sh' } : true]),
    );
    const home = await setUp({ sensors }, { proc: nowhere, sys: nowhere });
    for (const name of names) {
      expect(await home.run(name)).toMatchObject({ state: 'done', events: 0 });
      const [standing] = Object.values(home.records.read(name).standings);
      expect(standing, name).toMatchObject({ unknown: { reason: expect.any(String) as string } });
      expect(standing).not.toHaveProperty('value');
    }
    expect(home.lines()).toEqual([]);
  });

  it('tells once that it fails, and once that it is well again', async () => {
    const path = join(tempDir(), 'log');
    const home = await setUp({ sensors: { 'log:x': { path, pattern: '(a+)+$', timeout: '1s' } } });
    writeFileSync(path, '');
    await home.run('log:x');
    writeFileSync(path, `${'a'.repeat(60)}!\n`);
    const stuck = await home.run('log:x');
    expect(stuck).toMatchObject({ state: 'failed', reason: 'it took longer than 1 s' });
    await home.run('log:x');
    writeFileSync(path, 'fine\n');
    await home.run('log:x');
    expect(texts(home.lines())).toEqual([
      'NORMAL sensor:log:x sensor-trouble sensor log:x: it took longer than 1 s',
      'LOW sensor:log:x sensor-trouble sensor log:x: all is well again',
    ]);
  });
});

describe('a program of the owner', () => {
  it('has its lines written, its state kept, and no secret of the daemon', async () => {
    const home = await setUp();
    home.put(
      'count',
      'n=$(cat "$NINJAD_STATE"); n=$((n + 1)); echo "$n" > "$NINJAD_STATE"; echo "run $n"; env | grep -c DATABASE_URL || true',
    );
    await home.run('count');
    await home.run('count');
    expect(texts(home.lines())).toEqual([
      'NORMAL sensor:count sensor run 1',
      'NORMAL sensor:count sensor 0',
      'NORMAL sensor:count sensor run 2',
      'NORMAL sensor:count sensor 0',
    ]);
  });

  it('that fails loses nothing of the state that its last good run left', async () => {
    const home = await setUp();
    home.put(
      'flaky',
      'n=$(cat "$NINJAD_STATE"); echo broken > "$NINJAD_STATE"; [ -n "$n" ] && { echo "$n"; exit 1; }; echo good > "$NINJAD_STATE"',
    );
    await home.run('flaky');
    expect(await home.run('flaky')).toMatchObject({ state: 'failed', reason: 'it exited with 1' });
    await home.run('flaky');
    expect(texts(home.lines()).filter((line) => line.includes(' sensor good'))).toHaveLength(2);
  });

  it('that fails, hangs, floods, prints bytes or forks is told once for each, until it is another', async () => {
    const home = await setUp({ 'sensor.maxLines': 3 });
    const say = async (script: string, times = 2) => {
      home.put('bad', script);
      writeFileSync(join(home.paths.sensors, 'bad.json'), JSON.stringify({ timeout: '700ms' }));
      for (let run = 0; run < times; run += 1) await home.run('bad');
      return texts(home.lines()).map((line) => line.replace(/^\S+ \S+ \S+ (?:sensor bad: )?/, ''));
    };
    expect(await say('echo oops >&2; exit 3')).toEqual(['it exited with 3; it says: oops']);
    expect(await say('exit 4')).toEqual(['it exited with 4']);
    expect(await say('trap "" TERM; sleep 300 & sleep 301')).toEqual([
      'it took longer than 700 ms and was ended',
    ]);
    expect(await say('printf "a\\nb\\nc\\nd\\n"', 1)).toEqual([
      'a',
      'b',
      'c',
      'it printed 4 lines where 3 are taken: the others were dropped',
    ]);
    expect((await say('exec yes', 1)).slice(3)).toEqual([]);
    expect(await say('head -c 100 /dev/zero')).toEqual([
      'it printed bytes that are no text: none of it was taken',
    ]);
    expect(await say('setsid sleep 300 & echo x')).toEqual([
      'x',
      'it left a process behind, which were ended',
      'x',
    ]);
    expect(await say('echo x')).toEqual(['x', 'all is well again', 'x']);
    expect(await findMarked(taskMarkerName, `${worker}:`)).toEqual([]);
  });

  it('takes no more lines within an hour than it may, over all of its runs', async () => {
    const home = await setUp({ 'sensor.maxLinesHour': 5 });
    home.put('talker', 'printf "a\\nb\\nc\\n"');
    for (let run = 0; run < 4; run += 1) await home.run('talker');
    const said = texts(home.lines());
    expect(said.filter((line) => line.startsWith('NORMAL sensor:talker sensor '))).toHaveLength(5);
    expect(said.filter((line) => line.includes('sensor-trouble'))).toHaveLength(1);
  });

  it('that has nothing to say for three periods is told once, unless that is meant', async () => {
    const home = await setUp();
    home.put('mute', 'exit 0');
    home.put('meant', 'exit 0');
    writeFileSync(join(home.paths.sensors, 'meant.json'), '{"quiet": true}');
    for (let run = 0; run < 5; run += 1) {
      await home.run('mute');
      await home.run('meant');
    }
    expect(texts(home.lines())).toEqual([
      expect.stringContaining('sensor mute: it has had nothing to say in 3 periods') as string,
    ]);
  });

  it('that cannot be started says why, and one that lost its x bit is told once', async () => {
    const home = await setUp();
    home.put('good', 'echo x');
    const sensor = await home.found('good');
    chmodSync(join(home.paths.sensors, 'good'), 0o600);
    const run = await home.runner.run(sensor, new AbortController().signal);
    expect(run).toMatchObject({ state: 'failed', reason: expect.stringContaining('EACCES') as string });
    expect(await home.found('good')).toMatchObject({
      problem: expect.stringContaining('not executable') as string,
    });
  });

  it('is ended with all that it started when the daemon stops, which is no fault of it', async () => {
    const home = await setUp();
    home.put('long', 'setsid sleep 300 & sleep 301');
    const stop = new AbortController();
    const running = home.runner.run(await home.found('long'), stop.signal);
    while ((await findMarked(taskMarkerName, `${worker}:`)).length < 2) await delay(10);
    stop.abort();
    expect(await running).toMatchObject({ state: 'failed', reason: 'it was called off' });
    expect(await findMarked(taskMarkerName, `${worker}:`)).toEqual([]);
    expect(home.lines()).toEqual([]);
  });

  it('loses nothing while nobody reads the pipe: what could not be told is told at the next run', async () => {
    const home = await setUp({ sensors: { memory: { warnPercent: 0.01 } } });
    const sensor = await home.found('memory');
    execFileSync('mv', [home.paths.fifo, `${home.paths.fifo}.away`]);
    expect(await home.runner.run(sensor, new AbortController().signal)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('no daemon answers') as string,
    });
    execFileSync('mv', [`${home.paths.fifo}.away`, home.paths.fifo]);
    await home.run('memory');
    expect(texts(home.lines())).toHaveLength(1);
  });
});

it('the loop of the daemon stays free while sensors are at work', async () => {
  const home = await setUp({ sensors: { disk: true, memory: true, tick: true } });
  home.put('busy', 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; echo $i');
  for (const name of ['disk', 'memory', 'tick', 'busy']) await home.run(name);
  const held: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const { longestMs } = await loopHeldWhile(() =>
      Promise.all(['disk', 'memory', 'tick', 'busy'].map(home.run)),
    );
    held.push(longestMs);
  }
  // A worker takes its time to load; the thread that starts it must not wait for that.
  expect(Math.min(...held)).toBeLessThan(250);
});
