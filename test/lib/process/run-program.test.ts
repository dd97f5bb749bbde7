import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findMarked } from '../../../src/lib/process/find-marked.ts';
import { fixedPath } from '../../../src/lib/process/fixed-path.ts';
import { taskMarkerName } from '../../../src/lib/process/marker.ts';
import { createProgramRunner, type Program } from '../../../src/lib/process/run-program.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

leakGuard();

const worker = '6f1c1a52-0000-4000-8000-0123456789ab';
const marks: string[] = [];

function setUp() {
  const folder = tempDir();
  const runner = createProgramRunner({
    worker,
    containment: { tier: 'marker', base: null, reason: 'a test' },
    strays: {
      begin: ({ attempt }) => void marks.push(String(attempt)),
      claims: () => () => false,
      end: () => undefined,
    },
    folder,
    graceMs: () => 200,
  });
  const run = (script: string, changes: Partial<Program> = {}, signal = new AbortController().signal) => {
    const command = join(tempDir(), 'program');
    writeFileSync(command, `#!/bin/sh\n${script}\n`);
    chmodSync(command, 0o700);
    return runner.run({ command, cwd: '/', env: { PATH: fixedPath }, timeoutMs: 20_000, ...changes }, signal);
  };
  return { folder, run, runner };
}

const ofOurs = () => findMarked(taskMarkerName, `${worker}:`);

describe('a program that runs by the clock', () => {
  it('gives its status and output, and leaves no file behind', async () => {
    const { folder, run } = setUp();
    const end = await run('echo out; echo err >&2; exit 3');
    expect(end).toMatchObject({ ended: 'exit', code: 3, signal: null, survivors: 0, left: 0, problem: null });
    expect([String(end.stdout), String(end.stderr)]).toEqual(['out\n', 'err\n']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('runs where its own folder takes nothing, as on a full disk', async () => {
    const { folder, run } = setUp();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'in the way');
    const end = await run('echo out');
    expect([end.ended, String(end.stdout)]).toEqual(['exit', 'out\n']);
  });

  it('has a session of its own, the environment that it is given and no more, and its input', async () => {
    const { run } = setUp();
    const input = join(tempDir(), 'input');
    writeFileSync(input, 'what it reads');
    process.env['SECRET_OF_THE_DAEMON'] = 'x';
    const script = 'cut -d" " -f6 /proc/$$/stat; echo $$; echo ${SECRET_OF_THE_DAEMON-none}; cat';
    const { stdout } = await run(script, { inputFile: input });
    delete process.env['SECRET_OF_THE_DAEMON'];
    const [session, pid, secret, read] = String(stdout).split('\n');
    expect([session, secret, read]).toEqual([pid, 'none', 'what it reads']);
  });

  it('is ended with all that came of it at its timeout', async () => {
    const { run } = setUp();
    const end = await run('trap "" TERM; sleep 300 & setsid sleep 301 & sleep 302; sleep 303', {
      timeoutMs: 500,
    });
    expect(end).toMatchObject({
      ended: 'timeout',
      code: null,
      problem: 'it took longer than 500 ms',
      left: 0,
    });
    expect(await ofOurs()).toEqual([]);
  });

  it('ends with its own exit though a grandchild holds its output, and that one is counted and ended', async () => {
    const { run } = setUp();
    const end = await run('setsid sleep 300 & echo mine; exit 0');
    expect(end).toMatchObject({ ended: 'exit', code: 0, survivors: 1, left: 0 });
    expect(String(end.stdout)).toBe('mine\n');
    expect(end.tookMs).toBeLessThan(15_000);
    expect(await ofOurs()).toEqual([]);
  });

  it('is not charged with the rest of a pipeline that ends with it', async () => {
    const { run } = setUp();
    expect((await run('(sleep 0.1; echo late) & exit 0')).survivors).toBe(0);
  });

  it('is ended when it prints too much, of which a part is given', async () => {
    const { run } = setUp();
    const end = await run('exec yes flood', { maxOutputBytes: 1000 });
    expect(end).toMatchObject({ ended: 'flood', problem: 'it printed more than 1,000 bytes' });
    expect(end.stdout.length).toBe(1000);
  });

  it('has printed too much also where it is at its end before anybody looks', async () => {
    const { run } = setUp();
    const end = await run('head -c 1001 /dev/zero', { maxOutputBytes: 1000 });
    expect(end).toMatchObject({ ended: 'flood', code: null, problem: 'it printed more than 1,000 bytes' });
    expect(end.stdout).toHaveLength(1000);
    expect(await run('head -c 1000 /dev/zero', { maxOutputBytes: 1000 })).toMatchObject({ ended: 'exit' });
  });

  it('is ended when it is called off', async () => {
    const { run } = setUp();
    const off = new AbortController();
    const running = run('sleep 300', {}, off.signal);
    while ((await ofOurs()).length === 0);
    off.abort();
    expect(await running).toMatchObject({ ended: 'aborted', problem: 'it was called off' });
    expect(await ofOurs()).toEqual([]);
  });

  it('says why it could not be started', async () => {
    const { run, runner } = setUp();
    expect(await run('', { command: '/nowhere/at/all' })).toMatchObject({
      ended: 'unstarted',
      problem: expect.stringContaining('ENOENT') as string,
    });
    const noX = join(tempDir(), 'program');
    writeFileSync(noX, '#!/bin/sh\n', { mode: 0o600 });
    const end = await runner.run(
      { command: noX, cwd: '/', env: {}, timeoutMs: 1000 },
      new AbortController().signal,
    );
    expect(end).toMatchObject({ ended: 'unstarted', problem: expect.stringContaining('EACCES') as string });
  });

  it('has a mark of its own for each run', async () => {
    const { run } = setUp();
    marks.length = 0;
    await Promise.all([run('exit 0'), run('exit 0'), run('exit 0')]);
    expect(new Set(marks).size).toBe(3);
  });
});
