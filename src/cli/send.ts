import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import type { HomePaths } from '../lib/config/paths.ts';
import { NinjadError, UsageError } from '../lib/errors.ts';
import { isOwnerSource } from '../lib/wire/parse-line.ts';
import type { PriorityName } from '../lib/wire/priority.ts';
import { currentPaths } from './connect.ts';
import { nameOption, priorityOption, secondsOption } from './options.ts';
import { type NewEvent, putEvent } from '../lib/wire/put-event.ts';
import { putWatched } from './put-watched.ts';
import { readText } from './read-text.ts';

interface SendOptions {
  priority: PriorityName;
  source: string;
  category: string;
  wait?: true;
  timeout: number;
}

const help = `
TEXT may be a JSON object with the keys text, conversation, replyTo and dedupKey.
Without --wait the event is in the pipe when the command returns; with --wait it is
on the daemon's disk and will be handled whatever happens.

Examples:
  $ ninjad send "the backup of nas took 3 hours"
  $ ninjad send -p HIGH -s cron:disk -c alert "disk on web-1 is at 97%"
  $ dmesg | tail -50 | ninjad send --wait -c note -
`;

/** `ninjad send`: one event into the pipe. */
export function sendCommand(): Command {
  return new Command('send')
    .description('put an event into the pipe')
    .argument('<text...>', 'what the event says; - reads it from stdin')
    .option(
      '-p, --priority <priority>',
      'HUMAN, URGENT, HIGH, NORMAL, LOW, IDLE or 0 to 5',
      priorityOption,
      'NORMAL',
    )
    .option('-s, --source <source>', 'who says it', nameOption, 'cli')
    .option('-c, --category <category>', 'what kind of event it is', nameOption, 'note')
    .option('--wait', 'return only when the event is kept on disk')
    .option('--timeout <seconds>', 'how long --wait waits', secondsOption, 30)
    .addHelpText('after', help)
    .action(async (words: string[], options: SendOptions) => {
      const { priority, source, category } = options;
      if (priority === 'HUMAN' && !isOwnerSource(source)) {
        throw new UsageError(
          `only dashboard, discord, cli and shell may claim HUMAN, not ${source}: use URGENT`,
        );
      }
      const text = await readText(words);
      const event: NewEvent = { priority, source, category, payload: objectIn(text) ?? text };
      const paths = currentPaths();
      if (options.wait !== true) await putEvent(paths, event);
      else await putAndWait(paths, event, options.timeout * 1000);
    });
}

async function putAndWait(paths: HomePaths, event: NewEvent, timeoutMs: number): Promise<void> {
  const { payload } = event;
  const fields = typeof payload === 'string' ? { text: payload } : payload;
  const given = fields['dedupKey'];
  const dedupKey = typeof given === 'string' && given !== '' ? given : randomUUID();
  const written = { ...event, payload: { ...fields, dedupKey } };
  for await (const { type } of putWatched(paths, written, dedupKey, { acceptMs: timeoutMs }))
    if (type === 'accepted' || type === 'routed' || type === 'ended') return;
  throw new NinjadError('CONNECTION_LOST', 'the daemon went away before it said that the event is kept');
}

function objectIn(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
