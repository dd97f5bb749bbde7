import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/*
 * Any program as an agent: an entry file of its own, which speaks the stream protocol for it. The first argument is
 * the program's command line as JSON; what follows are the CLI's options, which mean nothing here. Each user line is
 * one run of the program: the prompt on its stdin, the reply on its stdout, and its exit status says how it went.
 */
const [commandLine = '[]'] = process.argv.slice(2);
const [program = '', ...args] = JSON.parse(commandLine) as string[];
/** How much of what it writes to stderr is kept, and how many lines of that a failure quotes. */
const maxComplaintChars = 2_000;
const lastLines = 3;

const sessionId = randomUUID();
let running: ChildProcess | undefined;
let turns = Promise.resolve();

say({ type: 'system', subtype: 'init', session_id: sessionId, model: program, tools: [], mcp_servers: [] });

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const message = parse(line);
  if (message?.type === 'control_request') running?.kill('SIGTERM');
  const prompt = message?.type === 'user' ? message.message?.content : undefined;
  if (typeof prompt === 'string') turns = turns.then(() => answer(prompt));
}
await turns;

async function answer(prompt: string): Promise<void> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  running = child;
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    complaint = (complaint + text).slice(-maxComplaintChars);
  });
  // A program that does not read its input, or has gone, shows by its exit, not by EPIPE.
  child.stdin.on('error', () => {});
  child.stdin.end(prompt);
  let reply = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    reply += text;
    const event = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } };
    say({ type: 'stream_event', event, session_id: sessionId });
  });
  const failure = await once(child, 'close').then(
    () => failureOf(child),
    (thrown: unknown) => `${program} could not be started: ${String(thrown)}`,
  );
  running = undefined;
  if (failure !== undefined) process.exitCode = 1;
  say({
    type: 'result',
    subtype: failure === undefined ? 'success' : 'error_during_execution',
    is_error: failure !== undefined,
    ...(failure !== undefined && { errors: lastWordsOf(complaint) }),
    result: failure ?? reply.replace(/\r?\n$/, ''),
    session_id: sessionId,
    total_cost_usd: 0,
    usage: {},
    permission_denials: [],
  });
}

/** The last of what it has said on stderr, which tells more than how it ended. */
function lastWordsOf(complaint: string): string[] {
  const lines = complaint.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').slice(-lastLines);
}

function failureOf({ exitCode, signalCode }: ChildProcess): string | undefined {
  if (exitCode === 0) return undefined;
  return `${program} ${signalCode === null ? `exited with code ${String(exitCode)}` : `was ended by ${signalCode}`}`;
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function parse(line: string): { type?: unknown; message?: { content?: unknown } } | undefined {
  try {
    return JSON.parse(line) as { type?: unknown; message?: { content?: unknown } };
  } catch {
    return undefined;
  }
}
