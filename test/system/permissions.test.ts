import { readFileSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(endDaemons);

const agent = packagePath('test', 'fixtures', 'agents', 'steered.sh');
const config = { 'task.killGraceMs': 100, 'lanes.total': 8 };
const secrets = {
  DISCORD_TOKEN: 'secret-discord',
  // Nobody is there; the daemon would ask Discord itself.
  DISCORD_API_URL: 'http://127.0.0.1:9',
  IMAP_URL: 'imaps://me:secret-imap@mail.example/',
  OPENAI_API_KEY: 'secret-openai',
  CLAUDECODE: '1',
  CLAUDE_CODE_ENTRYPOINT: 'secret-cli',
};

/** The agent's process of the newest task, as the kernel knows it. */
async function processOfNewest(daemon: TestDaemon, tasks: number) {
  const select = `SELECT process->>'pid' FROM tasks WHERE id = ${tasks} AND process IS NOT NULL`;
  let pid: unknown;
  const read = (file: string) =>
    readFileSync(`/proc/${String(pid)}/${file}`, 'utf8')
      .split('\0')
      .slice(0, -1);
  // The kernel shows nothing of a process while it changes from one program to the next.
  await until(`task ${tasks} runs`, async () => {
    pid = await daemon.value(select);
    return pid !== undefined && read('environ').length > 0;
  });
  return { args: read('cmdline'), env: read('environ'), cwd: readlinkSync(`/proc/${String(pid)}/cwd`) };
}

const after = (args: readonly string[], flag: string) =>
  args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined;

describe('the process of a task', () => {
  it('has none of the daemon’s secrets in its environment', async () => {
    const daemon = await startDaemon({
      config,
      env: { ...secrets, NINJAD_AGENT: agent, ANTHROPIC_API_KEY: 'its own' },
    });
    daemon.write('HUMAN|cli||ask|hello\n');
    const { env } = await processOfNewest(daemon, 1);
    expect(env.join('\n')).not.toMatch(
      /secret|CLAUDECODE|CLAUDE_CODE_(?!DISABLE_BACKGROUND_TASKS=1)|NINJAD_HOME|NINJAD_AGENT/,
    );
    expect(env).toEqual(expect.arrayContaining(['ANTHROPIC_API_KEY=its own', `HOME=${daemon.home}`]));
    expect(env.filter((entry) => entry.startsWith('NINJAD_'))).toEqual([
      expect.stringMatching(/^NINJAD_TASK=/),
    ]);
  });

  it('may do what its trust and category allow, in the folder of its conversation', async () => {
    const daemon = await startDaemon({
      config: {
        ...config,
        'permissions.byCategory': { task: { deny: ['Bash(reboot:*)'] }, urgent: { allow: ['Bash'] } },
      },
      env: { NINJAD_AGENT: agent },
    });
    daemon.write('HUMAN|cli||task|{"text":"mine","conversation":"Garden/../x"}\n');
    const mine = await processOfNewest(daemon, 1);
    expect(after(mine.args, '--permission-mode')).toBe('acceptEdits');
    expect(after(mine.args, '--allowedTools')?.split(',')).toContain('Bash');
    expect(after(mine.args, '--disallowedTools')?.split(',')).toContain('Bash(reboot:*)');
    expect(mine.cwd).toMatch(new RegExp(`^${daemon.home}/work/garden-x-[0-9a-f]{12}$`));

    daemon.write('NORMAL|cron:disk||task|a machine\n');
    const machine = await processOfNewest(daemon, 2);
    expect(after(machine.args, '--permission-mode')).toBe('dontAsk');
    expect(after(machine.args, '--allowedTools')?.split(',')).toContain('Bash(df -h)');
    expect(after(machine.args, '--allowedTools')?.split(',')).not.toContain('Bash');
    expect(machine.cwd).toBe(`${daemon.home}/work/local`);

    daemon.write('URGENT|email||urgent|a stranger\n');
    const stranger = await processOfNewest(daemon, 3);
    expect(after(stranger.args, '--tools')).toBe('');
    expect(after(stranger.args, '--allowedTools') ?? '').not.toContain('Bash');
    expect(after(stranger.args, '--disallowedTools')?.split(',')).toContain('Bash');
    expect(stranger.cwd).toBe(`${daemon.home}/work/untrusted`);
  });

  it('may do less as soon as the owner says so', async () => {
    const daemon = await startDaemon({ config, env: { NINJAD_AGENT: agent } });
    const less = '{"mode":"plan","tools":["Read"],"allow":[],"deny":["WebFetch"]}';
    expect(await daemon.ninjad('config', 'set', 'permissions.owner', less)).toMatchObject({ code: 0 });
    daemon.write('HUMAN|cli||ask|hello\n');
    const { args } = await processOfNewest(daemon, 1);
    expect(after(args, '--permission-mode')).toBe('plan');
    expect(after(args, '--tools')).toBe('Read');
    expect(after(args, '--disallowedTools')?.split(',')).toContain('WebFetch');
  });
});
