import type { AgentSession, AgentSettings } from '../../run/agent-settings.ts';

/** Tools that wait for a person, switch the working tree, or start work behind the daemon's back. */
const headlessDisallowed = [
  'AskUserQuestion',
  'EnterPlanMode',
  'ExitPlanMode',
  'EnterWorktree',
  'ExitWorktree',
  'CronCreate',
  'CronDelete',
  'CronList',
  'ScheduleWakeup',
];

/**
 * The arguments of a headless `claude` run that takes its user lines on standard input and answers in stream-json.
 * `--resume` has the equals form, since the spaced one takes an optional value.
 */
export function agentArguments(session: AgentSession, settings: AgentSettings = {}): string[] {
  const { permissionMode, model, maxBudgetUsd, maxTurns, tools, allowedTools = [], mcpConfig } = settings;
  return [
    '-p',
    '--output-format',
    'stream-json',
    '--verbose',
    '--include-partial-messages',
    '--input-format',
    'stream-json',
    '--replay-user-messages',
    ...sessionArguments(session),
    ...(permissionMode === undefined ? [] : ['--permission-mode', permissionMode]),
    ...(model === undefined ? [] : ['--model', model]),
    ...(maxBudgetUsd === undefined ? [] : ['--max-budget-usd', String(maxBudgetUsd)]),
    ...(maxTurns === undefined ? [] : ['--max-turns', String(maxTurns)]),
    ...(tools === undefined ? [] : ['--tools', typeof tools === 'string' ? tools : tools.join(',')]),
    ...(allowedTools.length === 0 ? [] : ['--allowedTools', allowedTools.join(',')]),
    '--disallowedTools',
    [...headlessDisallowed, ...(settings.disallowedTools ?? [])].join(','),
    ...(mcpConfig === undefined ? [] : ['--mcp-config', mcpConfig, '--strict-mcp-config']),
  ];
}

function sessionArguments(session: AgentSession): string[] {
  if ('create' in session) return ['--session-id', session.create];
  return 'fork' in session ? [`--resume=${session.fork}`, '--fork-session'] : [`--resume=${session.resume}`];
}

/**
 * A message of the user as a line of `--input-format stream-json`, newline included. By `--replay-user-messages` the CLI
 * repeats it, with its `uuid`, at the moment when it takes it into a turn.
 */
export function userLine(text: string, uuid?: string): string {
  return `${JSON.stringify({ type: 'user', uuid, message: { role: 'user', content: text } })}\n`;
}

/** The request that a CLI answers once it is ready to be spoken to, as a line of `--input-format stream-json`. */
export function initializeLine(requestId: string): string {
  return controlLine(requestId, { subtype: 'initialize' });
}

/** The request that its tools get these variables from now on, as a line of `--input-format stream-json`. */
export function toolEnvironmentLine(requestId: string, env: Readonly<Record<string, string>>): string {
  return controlLine(requestId, { subtype: 'apply_flag_settings', settings: { env } });
}

/** The request that ends the running turn and what its tools do, as a line of `--input-format stream-json`. */
export function interruptLine(requestId: string): string {
  return controlLine(requestId, { subtype: 'interrupt' });
}

function controlLine(requestId: string, request: object): string {
  return `${JSON.stringify({ type: 'control_request', request_id: requestId, request })}\n`;
}
