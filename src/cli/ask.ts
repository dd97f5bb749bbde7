import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import { type AgentName, agentNames } from '../lib/wire/agent-names.ts';
import { saysRepeated } from '../tasks/run/cut-off.ts';
import type { EndedMessage } from '../tasks/watch-event.ts';
import { createLeanAsk } from '../faces/control/lean-ask.ts';
import { NinjadError } from '../lib/errors.ts';
import { newAskConversation } from '../lib/wire/ask-conversation.ts';
import type { Operations } from '../operations.ts';
import { currentPaths } from './connect.ts';
import { exitCodes, writeComplaint } from './failure.ts';
import { nameOption } from './options.ts';
import { printJson } from './print.ts';
import { oneLine } from './printable.ts';
import { putWatched } from './put-watched.ts';
import { readText } from './read-text.ts';
import { createReplyDisplay } from './reply-display.ts';

interface AskOptions {
  conversation?: string;
  fork?: string;
  agent?: AgentName;
  json?: true;
}

const help = `
The reply comes on stdout as it is written, progress on stderr where that is a terminal.
It gives up where the question is not safe on the daemon's disk within 30 s; then it waits for the reply.
Ctrl-C detaches (exit status 130): the task goes on, see ninjad tasks.

Examples:
  $ ninjad ask "what did the nas say?"
  $ ninjad ask /status
  $ ninjad ask --conversation garden "and when do I water it?"
  $ ninjad ask --fork garden --conversation plan-b "what if it rains?"
  $ git diff | ninjad ask --json - | jq -r .reply
`;

/** `ninjad ask`: a HUMAN event whose reply is printed as it comes. */
export function askCommand(): Command {
  return new Command('ask')
    .description('ask something and read the reply')
    .argument('<text...>', 'the question; - reads it from stdin')
    .option('--conversation <name>', 'go on with the conversation of this name', nameOption)
    .option('--fork <name>', 'begin a conversation from where the one of this name is', nameOption)
    .addOption(
      new Option('--agent <name>', 'ask this agent; a conversation stays with it').choices(agentNames),
    )
    .option('--json', 'print the final record only, as JSON')
    .addHelpText('after', help)
    .action(async (words: string[], options: AskOptions) => {
      const ended = await follow(await readText(words), options);
      if (ended === undefined) return;
      if (options.json === true) printJson(ended);
      if (ended.state === 'done' && saysRepeated(ended.reason))
        process.stderr.write(`(${oneLine(ended.reason ?? '')})\n`);
      if (ended.state !== 'done') {
        throw new NinjadError('NOT_ANSWERED', oneLine(`${ended.state}: ${ended.reason ?? ended.outcome}`));
      }
    });
}

/** Resolves to the final record, or undefined where the owner detached. */
async function follow(text: string, options: AskOptions): Promise<EndedMessage | undefined> {
  const { agent, fork, json } = options;
  const paths = currentPaths();
  const dedupKey = randomUUID();
  const conversation = options.conversation ?? (fork === undefined ? ownName(text) : forkName(fork));
  const payload = {
    text,
    dedupKey,
    ...(conversation !== undefined && { conversation }),
    ...(fork !== undefined && { fork }),
    ...(agent !== undefined && { agent }),
  };
  const event = { priority: 'HUMAN', source: 'cli', category: 'ask', payload } as const;
  const display = createReplyDisplay(json === true);
  const detach = new AbortController();
  const onInterrupt = () => detach.abort();
  process.once('SIGINT', onInterrupt);
  try {
    for await (const message of putWatched(paths, event, dedupKey, { signal: detach.signal })) {
      display.show(message);
      if (message.type !== 'ended') continue;
      if (conversation !== undefined) await noteRead(conversation);
      return message;
    }
  } catch (thrown) {
    if (!detach.signal.aborted) throw thrown;
    display.close();
    writeComplaint(`detached; the task goes on, see: ${followUp(display.taskId())}`);
    process.exitCode = exitCodes.interrupted;
    return undefined;
  } finally {
    process.off('SIGINT', onInterrupt);
    display.close();
  }
  throw new NinjadError('CONNECTION_LOST', `the daemon went away; see later: ${followUp(display.taskId())}`);
}

/** What was read here need not be read on the page. A daemon that is gone meanwhile shows it as unread. */
export async function noteRead(conversation: string): Promise<void> {
  const until = new Date().toISOString();
  const ask = createLeanAsk<Operations>(currentPaths().controlSocket);
  await ask('chat.read', { conversation, until }).catch(() => undefined);
}

function followUp(taskId: number | undefined): string {
  return taskId === undefined ? 'ninjad tasks' : `ninjad task ${taskId}`;
}

/** A question begins a conversation, which the page shows and goes on with; a command needs none. */
function ownName(text: string): string | undefined {
  return text.startsWith('/') ? undefined : newAskConversation();
}

/** A new conversation's name, said to whoever may want to go on with it. */
function forkName(fork: string): string {
  const name = `${fork.slice(0, 50)}-${randomUUID().slice(0, 8)}`;
  writeComplaint(`the new conversation is ${name}`);
  return name;
}
