import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { offlineReply } from './offline-reply.ts';

// The agent that answers where no CLI is installed: an entry file of its own, run as a child like the real one.
const sessionId = sessionFrom(process.argv.slice(2)) ?? randomUUID();

say({ type: 'system', subtype: 'init', session_id: sessionId, model: 'offline', tools: [], mcp_servers: [] });

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const text = userText(line);
  if (text !== undefined) answer(text);
}

function answer(prompt: string): void {
  const startedAt = performance.now();
  const reply = offlineReply(prompt);
  for (const text of reply.split(/(?<=\n)/)) {
    const event = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } };
    say({ type: 'stream_event', event, session_id: sessionId });
  }
  say({ type: 'assistant', message: { role: 'assistant', content: [{ type: 'text', text: reply }] } });
  say({
    type: 'result',
    subtype: 'success',
    is_error: false,
    duration_ms: Math.round(performance.now() - startedAt),
    num_turns: 1,
    result: reply,
    session_id: sessionId,
    total_cost_usd: 0,
    usage: {},
    permission_denials: [],
  });
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function userText(line: string): string | undefined {
  try {
    const { type, message } = JSON.parse(line) as { type?: unknown; message?: { content?: unknown } };
    return type === 'user' && typeof message?.content === 'string' ? message.content : undefined;
  } catch {
    return undefined;
  }
}

function sessionFrom(argv: readonly string[]): string | undefined {
  const resumed = argv.find((word) => word.startsWith('--resume='))?.slice('--resume='.length);
  const at = argv.indexOf('--session-id');
  return resumed ?? (at < 0 ? undefined : argv[at + 1]);
}
