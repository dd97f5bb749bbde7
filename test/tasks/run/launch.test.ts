import { describe, expect, it } from 'vitest';
import { agentArguments, userLine } from '../../../src/tasks/agents/claude/arguments.ts';
import { agentEnvironment } from '../../../src/tasks/run/environment.ts';
import { cliKind, withRules } from '../../../src/tasks/agents/kinds.ts';
import { launchOf } from '../../../src/tasks/run/launch.ts';
import { settingsSchema } from '../../../src/settings.ts';
import { taskMarker } from '../../../src/lib/process/marker.ts';
import { claudeAt, fakeTask } from '../../helpers/agent-fixtures.ts';

const marker = taskMarker({ worker: 'w', taskId: 7, attempt: 2 });

const isOwnVariable = (name: string) => cliKind('claude').isOwnVariable(name);

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
    expect(agentEnvironment(own, marker, { isOwnVariable })).toEqual({
      PATH: '/bin',
      HOME: '/home/o',
      LC_ALL: 'C',
      ANTHROPIC_API_KEY: 'k',
      NINJAD_TASK: 'w:7:2',
    });
  });

  it.each([
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_AUTH_TOKEN',
    'ANTHROPIC_BASE_URL',
    'ANTHROPIC_VERTEX_PROJECT_ID',
    'ANTHROPIC_FOUNDRY_RESOURCE',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'CLAUDE_CODE_OAUTH_REFRESH_TOKEN',
    'CLAUDE_CODE_OAUTH_SCOPES',
    'CLAUDE_CODE_USE_MANTLE',
    'CLAUDE_CODE_USE_ANTHROPIC_AWS',
    'CLAUDE_CODE_SKIP_BEDROCK_AUTH',
    'CLAUDE_CODE_SKIP_FOUNDRY_AUTH',
    'CLAUDE_CODE_SKIP_MANTLE_AUTH',
    'CLAUDE_CODE_SKIP_ANTHROPIC_AWS_AUTH',
    'CLAUDE_CODE_API_KEY_HELPER_TTL_MS',
    'CLAUDE_CODE_CLIENT_KEY',
    'CLAUDE_CODE_CLIENT_KEY_PASSPHRASE',
    'CLAUDE_CODE_CERT_STORE',
    'CLAUDE_CODE_PROXY_RESOLVES_HOSTS',
    'DISABLE_FEEDBACK_COMMAND',
    'DISABLE_BUG_COMMAND',
    'CLOUDSDK_CONFIG',
    'CLOUDSDK_ACTIVE_CONFIG_NAME',
    'GCLOUD_PROJECT',
    'all_proxy',
    'NODE_USE_SYSTEM_CA',
    'CLAUDE_CONFIG_DIR',
    'CLAUDE_CODE_USE_BEDROCK',
    'CLAUDE_CODE_USE_VERTEX',
    'CLAUDE_CODE_USE_FOUNDRY',
    'CLAUDE_CODE_SKIP_VERTEX_AUTH',
    'CLAUDE_CODE_CLIENT_CERT',
    'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
    'DISABLE_TELEMETRY',
    'DISABLE_ERROR_REPORTING',
    'DISABLE_AUTOUPDATER',
    'DO_NOT_TRACK',
    'AWS_PROFILE',
    'AWS_BEARER_TOKEN_BEDROCK',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'CLOUD_ML_REGION',
    'VERTEX_REGION_CLAUDE_4_5_SONNET',
    'AZURE_CLIENT_ID',
    'HTTPS_PROXY',
    'ALL_PROXY',
    'NODE_EXTRA_CA_CERTS',
    'SSH_AUTH_SOCK',
  ])('lets the login, the provider and the network of the CLI through: %s', (name) => {
    expect(agentEnvironment({ [name]: 'x' }, marker, { isOwnVariable })).toEqual({
      [name]: 'x',
      NINJAD_TASK: 'w:7:2',
    });
  });

  it.each([
    'CLAUDECODE',
    'CLAUDE_CODE_ENTRYPOINT',
    'CLAUDE_CODE_SSE_PORT',
    'CLAUDE_CODE_SESSION_ID',
    'CLAUDE_CODE_SESSION_ACCESS_TOKEN',
    'CLAUDE_CODE_REMOTE_SESSION_ID',
    'CLAUDE_CODE_UNHEARD_OF',
    'CLAUDE_CODE_ENABLE_TELEMETRY',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'DATABASE_URL',
    'NINJAD_HOME',
    'GH_TOKEN',
  ])('keeps what is none of the agent: %s', (name) => {
    expect(agentEnvironment({ [name]: 'x' }, marker, { isOwnVariable })).toEqual({ NINJAD_TASK: 'w:7:2' });
  });

  it('lets through what the owner names, but no marker of a session', () => {
    const own = { GH_TOKEN: 'x', OTHER: 'y', CLAUDECODE: '1' };
    expect(
      agentEnvironment(own, marker, { isOwnVariable, more: ['GH_TOKEN', 'CLAUDECODE', 'UNSET'] }),
    ).toEqual({
      GH_TOKEN: 'x',
      NINJAD_TASK: 'w:7:2',
    });
    const names = settingsSchema.of('agent.environment');
    expect(names.safeParse(['GH_TOKEN', '_x9']).success).toBe(true);
    for (const name of ['CLAUDECODE', 'CLAUDE_CODE_SESSION_ID', 'NINJAD_TASK', 'A=B', '', 'X*'])
      expect(names.safeParse([name]).success).toBe(false);
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
      { task: fakeTask(), agent, memories: [], degraded: null, withoutMemories: null, resume: null },
      { env: {}, settings: { maxBudgetUsd: 1 }, newSessionId: 'new', cwd: '/w', folder: '/f' },
    );
    expect([launch.command, ...launch.args]).toEqual(['node', 'adapter.js', '["llm"]']);
    expect(agent.rules).toMatchObject({ resumes: false, hears: false, interrupts: false, callsTools: false });
    expect(claudeAt('/opt/claude').rules).toMatchObject({
      ...{ resumes: true, hears: true, interrupts: true, callsTools: true },
    });
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
      { task, agent, memories: [], degraded: null, withoutMemories: null, resume: null },
      { env: {}, settings: {}, newSessionId: 'new', cwd: '/w', folder: '/f' },
    );
    expect(launch.command).toBe('/opt/claude');
    expect(launch.args).toContain('new');
    expect(launch.args.join(' ')).not.toContain('secret');
    expect(launch.env).toEqual({
      NINJAD_TASK: 'w:7:2',
      PATH: expect.stringMatching(/^\/opt:/) as string,
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    });
    expect(launch.prompt).toContain('trust: untrusted');
  });
});
