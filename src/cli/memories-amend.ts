import { Command, InvalidArgumentError, Option } from 'commander';
import type { Answers } from '../operations.ts';
import { UsageError } from '../lib/errors.ts';
import { memoryKinds } from '../memory/kinds.ts';
import type { MemoryEditBody } from '../memory/requests.ts';
import { connect } from './connect.ts';
import { editText } from './edit-text.ts';
import { isJson } from './memory-options.ts';
import { headline, memoryLines } from './memories-print.ts';
import { memoryIdArgument, memoryIdsArgument } from './options.ts';
import { printJson, printLines } from './print.ts';
import { readText } from './read-text.ts';

type Memory = Answers['memory.get'];

interface EditOptions {
  title?: string;
  kind?: MemoryEditBody['kind'];
  importance?: number;
  tags?: string;
}

const editHelp = `
Without a text and without options the memory opens in $VISUAL or $EDITOR. Other words do not make it more trusted.
It is found by its new words at once, and by their meaning some seconds later.
`;

/** `ninjad memories edit`. */
export function editCommand(): Command {
  return new Command('edit')
    .description('change what a memory says, or how it is kept')
    .argument('<id>', 'its number', memoryIdArgument)
    .argument('[text...]', 'its new text; - reads it from stdin')
    .option('--title <title>', 'its new title; an empty one takes it away')
    .addOption(new Option('--kind <kind>', 'its new kind').choices(memoryKinds))
    .option('--importance <share>', 'from 0 to 1; 0.5 is neutral', shareOption)
    .option('--tags <tags>', 'its new tags, with commas between them; an empty list takes them away')
    .option('--json', 'print the memory as JSON')
    .addHelpText('after', editHelp)
    .action(async (id: number, words: string[], _: unknown, command: Command) => {
      const { ask } = connect();
      const change = changeOf(
        words.length === 0 ? undefined : await readText(words),
        command.optsWithGlobals<EditOptions>(),
      );
      const edited =
        Object.keys(change).length > 0
          ? await ask('memory.edit', { id, ...change })
          : await editByHand(await ask('memory.get', { id }), (content) =>
              ask('memory.edit', { id, content }),
            );
      if (isJson(command)) printJson(edited);
      else printLines(memoryLines(edited, Date.now()));
    });
}

/** `ninjad memories pin` and `unpin`. */
export function pinCommand(name: 'pin' | 'unpin', description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<ids...>', 'their numbers', memoryIdsArgument)
    .option('--json', 'print them as JSON')
    .action(async (ids: number[], _: unknown, command: Command) => {
      const { ask } = connect();
      const pinned: Memory[] = [];
      for (const id of ids) pinned.push(await ask('memory.pin', { id, pinned: name === 'pin' }));
      if (isJson(command)) printJson(pinned);
      else
        printLines(
          pinned.map((memory) => `${name}ned ${memory.id}: ${headline({ ...memory, pinned: false })}`),
        );
    });
}

function changeOf(
  content: string | undefined,
  { title, kind, importance, tags }: EditOptions,
): MemoryEditBody {
  return {
    ...(content !== undefined && { content }),
    ...(title !== undefined && { title: title === '' ? null : title }),
    ...(kind !== undefined && { kind }),
    ...(importance !== undefined && { importance }),
    ...(tags !== undefined && { tags: wordsOf(tags) }),
  };
}

function wordsOf(list: string): string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

async function editByHand(memory: Memory, save: (content: string) => Promise<Memory>): Promise<Memory> {
  const content = await editText(memory.content, process.env);
  if (content.trim() === '')
    throw new UsageError(`expected a text, got nothing; ninjad forget ${memory.id} forgets it`);
  return content === memory.content ? memory : save(content);
}

function shareOption(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('Expected a number from 0 to 1.');
}
