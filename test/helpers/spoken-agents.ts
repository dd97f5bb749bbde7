import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withRules } from '../../src/tasks/agents/kinds.ts';
import { type AgentRunOptions, startAgentRun } from './agent-run.ts';
import { tempDir } from './temp-dir.ts';

/** A CLI whose output can be spoken. */
export type SpokenName = 'claude' | 'codex' | 'gemini' | 'opencode';

/** What a CLI prints, as commands of a shell that print a line each. */
export interface Dialect {
  begins: (session: string) => string;
  says: (words: string) => string;
  calls: (command: string, output: string) => string;
  ends: string;
  fails: (words: string) => string;
  session: string;
}

/** A command of bash that prints a message as a line; escapes of `printf %b` in its texts are what they stand for. */
export const line = (message: object): string =>
  `printf '%b\\n' '${JSON.stringify(message).replaceAll('\\', '\\\\')}'`;

/** How each CLI speaks, as its documentation has it. */
export const dialects: Readonly<Record<SpokenName, Dialect>> = {
  claude: {
    begins: (session_id) => line({ type: 'system', subtype: 'init', session_id, model: 'm' }),
    says: (text) => line({ type: 'assistant', message: { content: [{ type: 'text', text }] } }),
    calls: (command, content) =>
      [
        line({
          type: 'assistant',
          message: { content: [{ type: 'tool_use', id: 't', name: 'Bash', input: { command } }] },
        }),
        line({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't', content }] } }),
      ].join('\n'),
    ends: line({
      type: 'result',
      subtype: 'success',
      is_error: false,
      result: '',
      total_cost_usd: 0.01,
      modelUsage: { m: { inputTokens: 800, outputTokens: 100, cacheReadInputTokens: 200, costUSD: 0.01 } },
    }),
    fails: (words) => line({ type: 'result', subtype: 'error', is_error: true, errors: [words] }),
    session: '00000000-0000-4000-8000-000000000001',
  },
  codex: {
    begins: (id) => line({ type: 'thread.started', thread_id: id }),
    says: (text) => line({ type: 'item.completed', item: { id: 'i1', type: 'agent_message', text } }),
    calls: (command, aggregated_output) =>
      line({
        type: 'item.completed',
        item: {
          id: 'i0',
          type: 'command_execution',
          command,
          aggregated_output,
          exit_code: 0,
          status: 'completed',
        },
      }),
    ends: line({
      type: 'turn.completed',
      usage: { input_tokens: 1000, cached_input_tokens: 200, output_tokens: 100 },
    }),
    fails: (message) => line({ type: 'turn.failed', error: { message } }),
    session: '01a2b3c4-0000-7000-8000-000000000001',
  },
  gemini: {
    begins: (id) => line({ type: 'init', session_id: id, model: 'm' }),
    says: (content) => line({ type: 'message', role: 'assistant', content, delta: true }),
    calls: (command, output) =>
      [
        line({ type: 'tool_use', tool_name: 'run_shell_command', tool_id: 'x', parameters: { command } }),
        line({ type: 'tool_result', tool_id: 'x', status: 'success', output }),
      ].join('\n'),
    ends: line({
      type: 'result',
      status: 'success',
      stats: { models: { m: { input: 800, output_tokens: 100, cached: 200 } } },
    }),
    fails: (message) => line({ type: 'result', status: 'error', error: { type: 'unknown', message } }),
    session: '00000000-0000-4000-8000-000000000001',
  },
  opencode: {
    begins: (sessionID) => line({ type: 'step_start', sessionID, part: { type: 'step-start' } }),
    says: (text) => line({ type: 'text', part: { type: 'text', text } }),
    calls: (command, output) =>
      line({
        type: 'tool_use',
        part: { tool: 'bash', callID: 'c', state: { status: 'completed', input: { command }, output } },
      }),
    ends: line({
      type: 'step_finish',
      part: { reason: 'stop', tokens: { input: 800, output: 100, cache: { read: 200 } }, cost: 0.01 },
    }),
    fails: (message) => line({ type: 'error', error: { name: 'APIError', data: { message } } }),
    session: 'ses_000000000000000000000001',
  },
};

/** A run of a program of bash that is taken for that CLI; `watch` is told its marker. */
export function runSpoken(
  name: SpokenName,
  lines: readonly string[],
  {
    watch,
    prompt = 'hello',
    ...options
  }: AgentRunOptions & { watch: (marker: string) => void; prompt?: string },
) {
  const home = tempDir();
  const path = join(home, name);
  writeFileSync(path, ['#!/bin/bash', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
  mkdirSync(join(home, 'work'));
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home };
  const agent = withRules({ kind: name, path, version: '0.0.0' });
  const place = { agent, env, cwd: join(home, 'work'), folder: join(home, 'files') };
  const started = startAgentRun(place, prompt, options);
  watch(started.marker);
  return started;
}
