import { createInterface, type Interface } from 'node:readline';
import { connect } from '../connect.ts';
import { reportFailure } from '../failure.ts';
import { paint } from '../paint.ts';
import { printLines } from '../print.ts';
import { cut, oneLine, printable } from '../printable.ts';
import { relativeTime } from '../units.ts';
import { newConversation } from './new-conversation.ts';
import { slashWords } from './slash-words.ts';
import { takeTurn, type Turn } from './turn.ts';

const shownConversations = 12;
const promptText = '› ';

/** What the chat is at. */
interface Talk {
  conversation: string;
  terminal: Interface;
  turn: Turn | undefined;
  /** The last Ctrl-C had nothing to stop: one more ends the chat. */
  isEnding: boolean;
  /** Nothing more is read. */
  isOver: boolean;
}

/** A conversation: reads messages line by line and prints the replies, until the owner has had enough. */
export async function converse(conversation: string): Promise<void> {
  const { stdin: input, stdout: output } = process;
  const terminal = createInterface({
    input,
    output,
    terminal: input.isTTY,
    prompt: paint('cyan', promptText),
    completer: (line: string, done: (failed: Error | null, found: [string[], string]) => void) => {
      slashWords(line).then(
        (words) => done(null, [words, line]),
        () => done(null, [[], line]),
      );
    },
  });
  // From now on, so that nothing is missed that is typed before it is asked for.
  const lines = terminal[Symbol.asyncIterator]();
  const talk: Talk = { conversation, terminal, turn: undefined, isEnding: false, isOver: false };
  terminal.once('close', () => (talk.isOver = true));
  const onInterrupt = (): void => interrupt(talk);
  terminal.on('SIGINT', onInterrupt);
  process.on('SIGINT', onInterrupt);
  try {
    await greet(talk);
    await readLines(talk, lines);
  } finally {
    process.off('SIGINT', onInterrupt);
    terminal.close();
  }
}

async function readLines(talk: Talk, lines: AsyncIterableIterator<string>): Promise<void> {
  let begun = '';
  prompt(talk);
  for await (const line of lines) {
    talk.isEnding = false;
    if (line.endsWith('\\')) {
      begun += `${line.slice(0, -1)}\n`;
    } else {
      const text = (begun + line).trim();
      begun = '';
      if (await isLast(talk, text)) return;
    }
    prompt(talk);
  }
}

/** A terminal that is closed would be read on. */
function prompt({ terminal, isOver }: Talk): void {
  if (!isOver) terminal.prompt();
}

/** Carries out a line; true where it ends the chat. */
async function isLast(talk: Talk, text: string): Promise<boolean> {
  const [word = '', name = ''] = text.split(/\s+/, 2);
  switch (word) {
    case '':
      return false;
    case '/quit':
    case '/exit':
      return true;
    case '/new':
      talk.conversation = newConversation();
      printLines([paint('dim', 'a new conversation')]);
      return false;
    case '/open':
      await open(talk, name);
      return false;
    case '/conversations':
      printLines(await conversationLines());
      return false;
    default:
      await say(talk, text);
      return false;
  }
}

/** One bad turn does not end the chat. */
async function say(talk: Talk, text: string): Promise<void> {
  talk.turn = takeTurn(talk.conversation, text);
  try {
    await talk.turn.ended;
  } catch (thrown) {
    reportFailure(thrown);
  } finally {
    talk.turn = undefined;
  }
}

/** Stops the reply that is written; where there is none, or it is being stopped already, ends the chat. */
function interrupt(talk: Talk): void {
  const { terminal, turn } = talk;
  if (turn !== undefined && turn.stop()) return;
  if (turn !== undefined || talk.isEnding) {
    process.stdout.write('\n');
    turn?.leave();
    terminal.close();
    return;
  }
  talk.isEnding = terminal.line === '';
  // Ctrl-U: what was typed is taken back.
  terminal.write(null, { ctrl: true, name: 'e' });
  terminal.write(null, { ctrl: true, name: 'u' });
  if (!talk.isEnding) return;
  process.stdout.write(`\n${paint('dim', '(Ctrl-C again, Ctrl-D or /quit ends it)')}\n`);
  terminal.prompt();
}

async function greet({ conversation }: Talk): Promise<void> {
  const { items } = await connect().ask('chat.turns', { conversation, limit: 1 });
  const [last] = items;
  const hints = paint('dim', 'Ctrl-C stops a reply, /quit ends, /help says what else there is.');
  if (last === undefined) printLines([hints]);
  else
    printLines([
      `${paint('dim', `${oneLine(conversation)}, ${relativeTime(Date.parse(last.at), Date.now())}:`)} ${cut(oneLine(last.text), 60)}`,
      ...(last.reply === '' ? [] : [printable(last.reply)]),
      hints,
    ]);
}

async function open(talk: Talk, name: string): Promise<void> {
  if (name === '') {
    printLines(['Which one? /conversations lists them.']);
    return;
  }
  talk.conversation = name;
  await greet(talk);
}

async function conversationLines(): Promise<string[]> {
  const found = await connect().ask('chat.conversations', { limit: shownConversations });
  return found.map(
    ({ name, title, lastAt }) =>
      `${oneLine(name)}  ${paint('dim', relativeTime(Date.parse(lastAt), Date.now()))}  ${oneLine(title)}`,
  );
}
