import { StringDecoder } from 'node:string_decoder';
import type { Ask } from '../../lib/operations/ask.ts';
import { packageVersion } from '../../lib/version.ts';
import { type Answer, answerMessage, readLine, refuseMessage, type ToolServer } from './json-rpc.ts';
import type { agentOperations } from './operations.ts';
import { mcpServerName } from './run-config.ts';
import type { AgentTool } from './tools.ts';

/** As much as the control socket takes. */
const maxLineChars = 4 * 1024 * 1024;

/**
 * Serves the tools of one running task on stdin and stdout until stdin ends. Rejects where the daemon does not take
 * the token; what goes wrong later is the answer to the call that met it.
 * The agent waits for this process before its first word, so it loads next to nothing: protocol and framing are by hand, and
 * the daemon says what the tools look like.
 */
export async function serveMcp(ask: Ask<typeof agentOperations>, token: string): Promise<void> {
  // Nobody reads any more: the end of stdin follows.
  process.stdout.on('error', () => {});
  const { session, definitions } = await ask('agent.open', { token });
  const server: ToolServer = {
    name: mcpServerName,
    version: packageVersion(),
    tools: definitions,
    call: async (tool, input) => (await ask('agent.call', { session, tool: tool as AgentTool, input })).text,
  };
  const answers: Promise<void>[] = [];
  for await (const line of linesOf(process.stdin)) {
    if (line === '') continue;
    // In order of arrival where nothing has to be asked for, and side by side where it has.
    answers.push(answerLine(server, line).then(say));
  }
  await Promise.all(answers);
}

async function answerLine(server: ToolServer, line: string | undefined): Promise<Answer | undefined> {
  if (line === undefined) return refuseMessage(`a line is longer than ${maxLineChars} characters`);
  const read = readLine(line);
  return 'refusal' in read ? read.refusal : answerMessage(server, read.message);
}

function say(answer: Answer | undefined): void {
  if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** The lines of a stream; undefined stands for one that is too long. */
async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<string | undefined, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  let chars = 0;
  for await (const chunk of input) {
    const parts = decoder.write(chunk).split('\n');
    for (const [index, part] of parts.entries()) {
      chars += part.length;
      if (chars <= maxLineChars) pieces.push(part);
      else pieces = [];
      if (index === parts.length - 1) continue;
      yield chars <= maxLineChars ? pieces.join('').trimEnd() : undefined;
      pieces = [];
      chars = 0;
    }
  }
}
