import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endDaemons, newHome, runNinjad, startDaemon, type TestDaemon } from '../helpers/daemon.ts';

/* Programs read what the commands of upkeep print: one value of JSON on stdout, whatever else is said, and the exit status. */
let daemon: TestDaemon;
let place: string;
let archive: string;

/** The command's one value of JSON, where it ended with the status and complained of nothing. */
async function jsonOf(args: readonly string[], code = 0): Promise<unknown> {
  const ran = await daemon.ninjad(...args, '--json');
  expect({ args, code: ran.code, stderr: ran.stderr }).toEqual({ args, code, stderr: '' });
  return JSON.parse(ran.stdout) as unknown;
}

const text = expect.any(String) as string;
const number = expect.any(Number) as number;
const counts = expect.objectContaining({ events: number, memory_embeddings: 1 }) as object;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'njd-json-'));
  daemon = await startDaemon({ home: await newHome() });
  await daemon.ninjad('remember', 'the nas is called Bertha');
  const made = await jsonOf(['backup', 'create', place]);
  archive = (made as { path: string }).path;
});

afterAll(async () => {
  await endDaemons();
  rmSync(place, { recursive: true, force: true });
});

describe('--json of the commands of upkeep', () => {
  it('tells of backups', async () => {
    const [listed] = (await jsonOf(['backup', 'list', place])) as unknown[];
    expect(listed).toMatchObject({
      path: archive,
      at: text,
      bytes: number,
      generation: 1,
      verifiedAt: text,
      counts,
    });
    expect(await jsonOf(['backup', 'verify', archive])).toMatchObject({
      outcome: 'well',
      faults: [],
      counted: true,
    });
    expect(await jsonOf(['backup', 'verify', archive, '--sample', '1/7'])).toMatchObject({ outcome: 'well' });
    expect(await jsonOf(['backup', 'drill', archive])).toMatchObject({
      rows: number,
      tables: number,
      memoryId: number,
    });
    const into = join(place, 'restored');
    expect(await jsonOf(['backup', 'restore', archive, '--into', into])).toMatchObject({
      home: into,
      generation: 2,
      kept: null,
      takenAt: text,
    });
  });

  it('tells of a damaged one on stdout too, with its own status', async () => {
    const damaged = join(place, 'damaged.tar');
    const copied = (await jsonOf(['backup', 'create', damaged])) as { path: string };
    expect(copied.path).toBe(damaged);
    const { bytes } = ((await jsonOf(['backup', 'list', place])) as { path: string; bytes: number }[]).find(
      ({ path }) => path === damaged,
    ) as { bytes: number };
    truncateSync(damaged, bytes - 20_000);
    const ran = await daemon.ninjad('backup', 'verify', damaged, '--json');
    expect({
      code: ran.code,
      isJson: ran.stdout === '' || typeof JSON.parse(ran.stdout) === 'object',
    }).toEqual({
      code: 4,
      isJson: true,
    });
    expect(ran.stdout + ran.stderr).toContain('damaged');
  });

  it('tells of the home: how it is, what it takes, what an upgrade would do', async () => {
    expect(await jsonOf(['status'])).toMatchObject({ home: daemon.home, ready: true });
    expect(await jsonOf(['storage'])).toMatchObject({
      home: daemon.home,
      usedBytes: number,
      budgetBytes: number,
      room: 'well',
      parts: expect.arrayContaining([
        expect.objectContaining({ name: 'memories', fate: 'never' }),
      ]) as unknown[],
    });
    expect(await jsonOf(['upgrade', '--check'])).toMatchObject({
      running: { pid: daemon.child.pid },
      schema: { pending: [], problem: null },
      backup: null,
    });
    const examined = await daemon.ninjad('doctor', '--json');
    expect(examined.stderr).toBe('');
    const { ok, findings } = JSON.parse(examined.stdout) as { ok: boolean; findings: unknown[] };
    expect(examined.code).toBe(ok ? 0 : 1);
    expect(findings.length).toBeGreaterThan(5);
  });

  it('tells of what goes out and comes in', async () => {
    const out = join(place, 'export');
    expect(await jsonOf(['export', out])).toMatchObject({ path: out, counts: { memories: 1 } });
    expect(await jsonOf(['import', out, '--dry-run'])).toMatchObject({
      dryRun: true,
      parts: { memories: { known: 1 } },
    });
    const notes = join(place, 'notes.md');
    writeFileSync(notes, 'The boiler was serviced in May.\n');
    expect(await jsonOf(['import', notes, '--dry-run'])).toMatchObject({ dryRun: true, texts: 1 });
    const { imports } = (await jsonOf(['import', notes])) as { imports: Record<string, number> };
    const [id = 0] = Object.values(imports);
    expect(await jsonOf(['import', '--list'])).toMatchObject([{ id, memories: 1, undoneAt: null }]);
    expect(await jsonOf(['import', '--undo', String(id)])).toMatchObject({ forgotten: 1, kept: 0 });
  });
});

/** With a manager it would be asked in earnest. */
const isBooted = existsSync('/run/systemd/system') || process.platform === 'darwin';
if (isBooted)
  process.stderr.write('skipped: this machine has a manager of services, which no test may ask\n');

describe('--json of the commands of the service', () => {
  it('prints the plan of an installation', async () => {
    const printed = await jsonOf(['service', 'install', '--print']);
    expect(printed).toMatchObject({
      scope: 'user',
      file: text,
      text,
      commands: expect.any(Array) as unknown[],
    });
  });

  it.skipIf(isBooted)(
    'keeps stdout to itself where there is no service, or nobody who runs one',
    async () => {
      for (const act of ['install', 'status', 'restart', 'uninstall']) {
        const ran = await daemon.ninjad('service', act, '--json');
        expect({ act, code: ran.code, stdout: ran.stdout }).toEqual({ act, code: 1, stdout: '' });
        expect(ran.stderr).toMatch(/^ninjad: /);
      }
    },
  );

  it.skipIf(isBooted)('tells of a unit that nobody runs, of its log, and of its end', async () => {
    const { file, text: unit } = (await jsonOf(['service', 'install', '--print'])) as Record<
      'file' | 'text',
      string
    >;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, unit);
    const state = await daemon.ninjad('service', 'status', '--json');
    expect({ code: state.code, stderr: state.stderr }).toEqual({ code: 3, stderr: '' });
    expect(JSON.parse(state.stdout)).toMatchObject({ file, pid: null });
    const logged = await daemon.ninjad('service', 'logs', '--json', '--lines', '5');
    expect(logged.code).toBe(0);
    const lines = logged.stdout.trim().split('\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(JSON.parse(line)).toBeTypeOf('object');
    expect(await jsonOf(['service', 'uninstall'])).toEqual({ scope: 'user', file, removed: true });
    expect(existsSync(file)).toBe(false);
  });
});

describe('the exit status', () => {
  it('of a home that is not there, and of one that does not run, keeps stdout empty', async () => {
    const nowhere = join(place, 'nowhere');
    for (const [args, code] of [
      [['backup', 'create'], 2],
      [['backup', 'verify'], 2],
      [['status'], 3],
      [['storage'], 3],
      [['export', join(place, 'none')], 3],
      [['import', '--list'], 3],
    ] as const) {
      const ran = await runNinjad(nowhere, [...args, '--json']);
      expect({ args, code: ran.code, stdout: ran.stdout }).toEqual({ args, code, stdout: '' });
      expect(ran.stderr).toMatch(/^ninjad: /);
    }
  });
});
