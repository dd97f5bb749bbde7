import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import { NinjadError, UsageError } from '../lib/errors.ts';
import { maxMemoryChars, maxTags, maxTitleChars } from '../memory/memory-line.ts';
import { notedKinds } from '../memory/note-of.ts';
import { connect, currentPaths } from './connect.ts';
import { printJson, printLines } from './print.ts';
import { oneLine } from './printable.ts';
import { putWatched } from './put-watched.ts';
import { readText } from './read-text.ts';

interface RememberOptions {
  kind: string;
  title?: string;
  tag?: string[];
  important?: true;
  json?: true;
}

/** What became of it. Without `memories` it is safe on the disk and comes into the store later. */
interface Remembered {
  state: 'stored' | 'kept';
  /** The numbers of the memories it became. */
  memories: number[];
  /** What is taken out of it since it looks like a secret, such as `password`, in order; left out where nothing is. */
  redacted?: string[];
}

const importance = 0.9;
const storedMs = 5_000;

const help = `
It returns when the text is on the daemon's disk, where no crash can take it; as a rule it is in the store by then, and
its number is printed. While the database is away it comes into the store later.

Examples:
  $ ninjad remember "the spare key is with Amara"
  $ ninjad remember --kind preference --important "no calls before ten"
  $ ninjad remember --title "roof contract" --tag house --tag money - < contract.txt
`;

/** `ninjad remember`: keeps a text, and waits until it is safe. */
export function rememberCommand(): Command {
  return new Command('remember')
    .description('remember a text')
    .argument('<text...>', 'what to remember, of any length; - reads it from stdin')
    .addOption(new Option('--kind <kind>', 'what kind of text it is').choices(notedKinds).default('fact'))
    .option('--title <title>', 'what it is about, in one line')
    .option('--tag <tag>', 'a tag; may be repeated', (tag, before: string[] | undefined) => [
      ...(before ?? []),
      tag,
    ])
    .option('--important', 'recall it before what is equally close')
    .option('--json', 'print what became of it as JSON')
    .addHelpText('after', help)
    .action(async (words: string[], options: RememberOptions) => {
      const remembered = await remember(noteFrom(await readText(words), options));
      if (options.json === true) printJson(remembered);
      else printLines([sentenceOf(remembered)]);
    });
}

function noteFrom(
  text: string,
  { kind, title, tag = [], important }: RememberOptions,
): Record<string, unknown> {
  if (text.length > maxMemoryChars)
    throw new UsageError(`expected at most ${maxMemoryChars} characters, got ${text.length}`);
  if (title !== undefined && (title === '' || title.length > maxTitleChars))
    throw new UsageError(`expected a title of 1 to ${maxTitleChars} characters, got ${title.length}`);
  if (tag.length > maxTags) throw new UsageError(`expected at most ${maxTags} tags, got ${tag.length}`);
  return {
    text,
    kind,
    ...(title !== undefined && { title }),
    ...(tag.length > 0 && { tags: tag }),
    ...(important === true && { importance }),
  };
}

async function remember(note: Record<string, unknown>): Promise<Remembered> {
  const paths = currentPaths();
  const dedupKey = randomUUID();
  const event = {
    priority: 'HUMAN',
    source: 'cli',
    category: 'remember',
    payload: { ...note, dedupKey },
  } as const;
  const impatient = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isSafe = false;
  try {
    for await (const message of putWatched(paths, event, dedupKey, { signal: impatient.signal })) {
      if (message.type === 'accepted') {
        isSafe = true;
        timer = setTimeout(() => impatient.abort(), storedMs);
      } else if (message.type === 'routed' && message.route !== 'reflex:note') {
        throw new NinjadError('NOT_REMEMBERED', `the rule ${message.rule} made ${message.route} of it`);
      } else if (message.type === 'ended') {
        if (message.state !== 'done')
          throw new NinjadError(
            'NOT_REMEMBERED',
            oneLine(`${message.state}: ${message.reason ?? message.outcome}`),
          );
        const { items } = await connect(paths).ask('memories.list', { event: message.eventId });
        return {
          state: 'stored',
          memories: items.map(({ id }) => id).reverse(),
          ...(await secretsIn(note['text'])),
        };
      }
    }
  } catch (thrown) {
    if (!impatient.signal.aborted) throw thrown;
  } finally {
    clearTimeout(timer);
  }
  if (isSafe) return { state: 'kept', memories: [], ...(await secretsIn(note['text'])) };
  throw new NinjadError('CONNECTION_LOST', 'the daemon went away before it said that the text is safe');
}

function sentenceOf({ state, memories, redacted = [] }: Remembered): string {
  const without = redacted.length === 0 ? '' : `, without ${counted(redacted)}: secrets are not kept`;
  if (state === 'kept') return `safe on the disk${without}; it comes into the store when that can be reached`;
  return `remembered${memories.length === 0 ? '' : `: ${memories.map((id) => `memory ${id}`).join(', ')}`}${without}`;
}

/** What the memory pipeline will take out of a text, by the same rules. */
async function secretsIn(text: unknown): Promise<Pick<Remembered, 'redacted'>> {
  if (typeof text !== 'string') return {};
  // They take longer to load than all the rest of this command.
  const { redact } = await import('../memory/keep/redact.ts');
  const marks = (from: string) =>
    [...from.matchAll(/\[redacted ([a-zA-Z ]+)\]/g)].map(([, what = '']) => what);
  const redacted = marks((await redact(text)).text).slice(marks(text).length);
  return redacted.length === 0 ? {} : { redacted };
}

/** `2 passwords and a token`, the names as they come. */
function counted(names: readonly string[]): string {
  const numbers = new Map<string, number>();
  for (const name of names) numbers.set(name, (numbers.get(name) ?? 0) + 1);
  const parts = [...numbers].map(([name, number]) => (number === 1 ? `a ${name}` : `${number} × ${name}`));
  return [parts.slice(0, -1).join(', '), parts.at(-1)].filter(Boolean).join(' and ');
}
