import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../src/lib/package-root.ts';

/** The agent that plays scripts: for `env` of a daemon. */
export const toldAgent = { NINJAD_AGENT: packagePath('test', 'fixtures', 'agents', 'told.sh') };

/** Writes what the agent does when its prompt says `play <name>`, or has the words of `when` in it. */
export function tellAgent(home: string, name: string, steps: readonly string[], when?: string): void {
  mkdirSync(join(home, 'scripts'), { recursive: true });
  if (when !== undefined) writeFileSync(join(home, 'scripts', `${name}.when`), `${when}\n`);
  writeFileSync(join(home, 'scripts', name), `${steps.join('\n')}\n`);
}

/** Lets an agent go on that waits for this. */
export function release(home: string, name: string): void {
  writeFileSync(join(home, name), '');
}

/** The steps of a script: lines of the stream protocol, and what the fixture itself understands. */
export const step = {
  /** A piece of the reply as it is written. */
  writes: (text: string) =>
    line({
      type: 'stream_event',
      event: { type: 'content_block_delta', delta: { type: 'text_delta', text } },
    }),
  /** A whole message: its words. */
  says: (text: string) => line({ type: 'assistant', message: { content: [{ type: 'text', text }] } }),
  calls: (name: string, input: object) =>
    line({ type: 'assistant', message: { content: [{ type: 'tool_use', id: name, name, input }] } }),
  returns: (tool: string, text: string, isError = false) =>
    line({
      type: 'user',
      message: { content: [{ type: 'tool_result', tool_use_id: tool, is_error: isError, content: text }] },
    }),
  retries: (error: string) =>
    line({
      type: 'system',
      subtype: 'api_retry',
      attempt: 1,
      max_retries: 10,
      retry_delay_ms: 100,
      error,
      error_status: 529,
    }),
  ends: (result: string, costUsd = 0.042) =>
    line({
      type: 'result',
      subtype: 'success',
      is_error: false,
      result,
      session_id: '11111111-1111-4111-8111-111111111111',
      total_cost_usd: costUsd,
    }),
  fails: (error: string) =>
    line({
      type: 'result',
      subtype: 'error_during_execution',
      is_error: true,
      errors: [error],
      session_id: '11111111-1111-4111-8111-111111111111',
      total_cost_usd: 0.01,
    }),
  waits: (name: string) => `wait ${name}`,
  hears: 'hear',
};

function line(message: object): string {
  return JSON.stringify(message);
}
