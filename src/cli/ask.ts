import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { isInDoubt, saysRepeated } from '../tasks/run/cut-off.ts';
import { isQuiet } from '../tasks/run/quiet.ts';
import type { EndedMessage } from '../tasks/watch-event.ts';
import { NinjadError } from '../lib/errors.ts';
import { currentPaths } from './connect.ts';
import { exitCodes } from './failure.ts';
import { nameOption } from './options.ts';
import { printJson } from './print.ts';
import { cut, oneLine, printable } from './printable.ts';
import { type HeardMessage, putWatched } from './put-watched.ts';
import { readText } from './read-text.ts';

interface AskOptions {
  conversation?: string;
  fork?: string;
  json?: true;
}

/** A terminal may not know how wide it is. */
const unknownWidth = 80;

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
  const { fork, json } = options;
  const paths = currentPaths();
  const dedupKey = randomUUID();
  const conversation = options.conversation ?? (fork === undefined ? undefined : forkName(fork));
  const payload = {
    text,
    dedupKey,
    ...(conversation !== undefined && { conversation }),
    ...(fork !== undefined && { fork }),
  };
  const event = { priority: 'HUMAN', source: 'cli', category: 'ask', payload } as const;
  const display = createDisplay(json === true);
  const detach = new AbortController();
  const onInterrupt = () => detach.abort();
  process.once('SIGINT', onInterrupt);
  try {
    for await (const message of putWatched(paths, event, dedupKey, { signal: detach.signal })) {
      display.show(message);
      if (message.type === 'ended') return message;
    }
  } catch (thrown) {
    if (!detach.signal.aborted) throw thrown;
    display.close();
    process.stderr.write(`ninjad: detached; the task goes on, see: ${display.followUp()}\n`);
    process.exitCode = exitCodes.interrupted;
    return undefined;
  } finally {
    process.off('SIGINT', onInterrupt);
    display.close();
  }
  throw new NinjadError('CONNECTION_LOST', `the daemon went away; see later: ${display.followUp()}`);
}

/** A new conversation's name, said to whoever may want to go on with it. */
function forkName(fork: string): string {
  const name = `${fork.slice(0, 50)}-${randomUUID().slice(0, 8)}`;
  process.stderr.write(`ninjad: the new conversation is ${name}\n`);
  return name;
}

/** The words about a task that waits for the owner, or from which no word comes, with what they may do; else undefined. */
function choiceAbout(progress: string, taskId: number): string | undefined {
  const task = `ninjad task ${taskId}`;
  if (isQuiet(progress)) return `${progress}. Stop it: ${task} --cancel; ask again: ${task} --again`;
  if (isInDoubt(progress)) return `${progress}. Go on: ${task} --go-on; leave it: ${task} --leave`;
  return undefined;
}

/** Prints a reply as it comes. */
function createDisplay(silent: boolean) {
  const { stdout, stderr } = process;
  let taskId: number | undefined;
  let printed = '';
  let said = '';
  let hasProgress = false;
  const clearProgress = () => {
    if (hasProgress) stderr.write('\r\u001B[K');
    hasProgress = false;
  };
  const print = (text: string) => {
    clearProgress();
    // A program that reads the reply gets it as it is; a terminal is not to be commanded by it.
    stdout.write(stdout.isTTY ? printable(text) : text);
    printed = text.slice(-1);
  };
  /** What the owner may decide about is said wherever it is read, once. */
  const sayChoice = ({ progress, taskId }: Extract<HeardMessage, { type: 'progress' }>): boolean => {
    const choice = choiceAbout(progress, taskId);
    if (choice === undefined || choice === said) return choice !== undefined;
    said = choice;
    clearProgress();
    if (printed !== '' && printed !== '\n') stdout.write('\n');
    printed = '';
    stderr.write(`ninjad: ${oneLine(choice)}\n`);
    return true;
  };
  const close = () => {
    clearProgress();
    if (printed !== '' && printed !== '\n') stdout.write('\n');
    printed = '';
  };
  return {
    show(message: HeardMessage) {
      if (message.type === 'progress') taskId = message.taskId;
      if (message.type === 'ended') taskId = message.taskId ?? undefined;
      if (message.type === 'progress' && sayChoice(message)) return;
      if (silent) return;
      if (message.type === 'text' && message.text !== '') print(message.text);
      else if (message.type === 'ended' && printed === '' && message.reply !== '') print(message.reply);
      else if (message.type === 'progress' && stderr.isTTY && printed === '') {
        clearProgress();
        stderr.write(cut(oneLine(message.progress), (stderr.columns || unknownWidth) - 1));
        hasProgress = true;
      }
    },
    close,
    followUp: () => (taskId === undefined ? 'ninjad tasks' : `ninjad task ${taskId}`),
  };
}
