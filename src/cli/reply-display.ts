import { isInDoubt } from '../tasks/run/cut-off.ts';
import { isQuiet } from '../tasks/run/quiet.ts';
import { writeComplaint } from './failure.ts';
import { cut, oneLine, printable } from './printable.ts';
import type { HeardMessage } from './put-watched.ts';

/** A terminal may not know how wide it is. */
const unknownWidth = 80;

/** Prints a reply as it comes, and on a terminal what is done until then. A silent one only knows the task. */
export function createReplyDisplay(silent: boolean) {
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
  const close = () => {
    clearProgress();
    if (printed !== '' && printed !== '\n') stdout.write('\n');
    printed = '';
  };
  /** What the owner may decide about is said wherever it is read, once. */
  const sayChoice = ({ progress, taskId }: Extract<HeardMessage, { type: 'progress' }>): boolean => {
    const choice = choiceAbout(progress, taskId);
    if (choice === undefined || choice === said) return choice !== undefined;
    said = choice;
    close();
    writeComplaint(oneLine(choice));
    return true;
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
    taskId: () => taskId,
  };
}

/** The words about a task that waits for the owner, or from which no word comes, with what they may do; else undefined. */
function choiceAbout(progress: string, taskId: number): string | undefined {
  const task = `ninjad task ${taskId}`;
  if (isQuiet(progress)) return `${progress}. Stop it: ${task} --cancel; ask again: ${task} --again`;
  if (isInDoubt(progress)) return `${progress}. Go on: ${task} --go-on; leave it: ${task} --leave`;
  return undefined;
}
