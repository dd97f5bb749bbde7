import { describe, expect, it } from 'vitest';
import { agentArguments, userLine } from '../../../src/lib/agent/arguments.ts';
import { agentEnvironment } from '../../../src/lib/agent/environment.ts';
import { withRules } from '../../../src/lib/agent/kinds/kinds.ts';
import { launchOf } from '../../../src/lib/agent/launch.ts';
import { taskMarker } from '../../../src/lib/agent/marker.ts';
import { claudeAt, fakeTask } from '../../helpers/agent-fixtures.ts';

const marker = taskMarker({ worker: 'w', taskId: 7, attempt: 2 });

describe('launch', () => {
  it('begins a session or resumes one with the equals form', () => {
    expect(agentArguments({ create: 'id' })).toEqual([
      '-p',
      '--output-format',
      'stream-json',
      '--verbose',
      '--include-partial-messages',
      '--input-format',
      'stream-json',
      '--replay-user-messages',
      '--session-id',
      'id',
      '--disallowedTools',
      'AskUserQuestion,EnterPlanMode,ExitPlanMode,EnterWorktree,ExitWorktree,CronCreate,CronDelete,CronList,ScheduleWakeup',
    ]);
    const resumed = agentArguments(
      { resume: 'id' },
      { permissionMode: 'acceptEdits', model: 'm', maxBudgetUsd: 0.5, maxTurns: 9 },
    );
    expect(resumed.slice(8, 17)).toEqual([
      '--resume=id',
      '--permission-mode',
      'acceptEdits',
      '--model',
      'm',
      '--max-budget-usd',
      '0.5',
      '--max-turns',
      '9',
    ]);
  });

  it('begins from a copy of another session', () => {
    expect(agentArguments({ fork: 'id' }).slice(8, 10)).toEqual(['--resume=id', '--fork-session']);
  });

  it('lets only the allow-list through, and marks the child', () => {
    const own = {
      PATH: '/bin',
      HOME: '/home/o',
      LC_ALL: 'C',
      ANTHROPIC_API_KEY: 'k',
      CLAUDECODE: '1',
      CLAUDE_CODE_ENTRYPOINT: 'cli',
      DATABASE_URL: 'postgres://secret',
      DISCORD_TOKEN: 'secret',
      IMAP_URL: 'imaps://secret',
      NODE_OPTIONS: '--inspect',
      LD_PRELOAD: 'x.so',
      NINJAD_TASK: 'outer:1:1',
      TZ: undefined,
    };
    expect(agentEnvironment(own, marker)).toEqual({
      PATH: '/bin',
      HOME: '/home/o',
      LC_ALL: 'C',
      ANTHROPIC_API_KEY: 'k',
      NINJAD_TASK: 'w:7:2',
    });
  });

  it('writes a user message as one line, whatever it holds', () => {
    const line = userLine('two\nlines and "quotes"');
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual({
      type: 'user',
      message: { role: 'user', content: 'two\nlines and "quotes"' },
    });
  });

  it('gives an adapted agent the command line of its adapter, and no argument of the CLI', () => {
    const entry = { command: 'node', args: ['adapter.js', '["llm"]'] };
    const agent = withRules({ kind: 'command', path: '/bin/llm', reason: 'named', entry });
    const launch = launchOf(
      { task: fakeTask(), agent, memories: [], resume: null },
      { env: {}, settings: { maxBudgetUsd: 1 }, newSessionId: 'new' },
    );
    expect([launch.command, ...launch.args]).toEqual(['node', 'adapter.js', '["llm"]']);
    expect(agent.rules).toEqual({ resumes: false, hears: false, interrupts: false, callsTools: false });
    expect(Object.values(claudeAt('/opt/claude').rules)).toEqual([true, true, true, true]);
  });

  it('keeps the prompt out of the arguments, where ps would show it', () => {
    const task = {
      id: 7,
      eventId: 1,
      priority: 0,
      source: 'email:home',
      category: 'mail',
      conversation: null,
      prompt: 'the secret question',
      replyTo: null,
      attempt: 2,
      worker: 'w',
      resume: null,
    };
    const agent = claudeAt('/opt/claude');
    const launch = launchOf(
      { task, agent, memories: [], resume: null },
      { env: {}, settings: {}, newSessionId: 'new' },
    );
    expect(launch.command).toBe('/opt/claude');
    expect(launch.args).toContain('new');
    expect(launch.args.join(' ')).not.toContain('secret');
    expect(launch.env).toEqual({ NINJAD_TASK: 'w:7:2', PATH: expect.stringMatching(/^\/opt:/) as string });
    expect(launch.prompt).toContain('trust: untrusted');
  });
});
