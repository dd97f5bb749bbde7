import { createHash } from 'node:crypto';
import type { CommandHelp } from '../lib/reflexes/declaration.ts';
import type { Store } from '../lib/store/store.ts';
import type { DiscordApi } from './api.ts';
import { noteCommands } from './rows/bots.ts';

const maxDescriptionChars = 100;
const stringOption = 3;
const botDm = 1;

/** An application command as Discord takes it. */
export interface ApplicationCommand {
  name: string;
  description: string;
  type: 1;
  contexts: number[];
  integration_types: number[];
  options: { type: number; name: string; description: string; required: boolean }[];
}

/** The reflexes as application commands, for DMs alone. */
export function applicationCommands(commands: readonly CommandHelp[]): ApplicationCommand[] {
  return commands.flatMap(({ usage, does }) => {
    const [, name, argument = 'more words'] = /^\/([a-z][a-z-]{0,31})(?:\s+(.+))?$/.exec(usage) ?? [];
    if (name === undefined) return [];
    const description =
      does.length > maxDescriptionChars ? `${does.slice(0, maxDescriptionChars - 1)}…` : does;
    return [
      {
        name,
        description,
        type: 1,
        contexts: [botDm],
        integration_types: [0],
        options: [
          {
            type: stringOption,
            name: 'text',
            description: argument.slice(0, maxDescriptionChars),
            required: false,
          },
        ],
      },
    ];
  });
}

/** Tells Discord the commands, where they are others than it was told last. */
export async function registerCommands(
  { api, store }: { api: DiscordApi; store: Pick<Store, 'query'> },
  { botId, known, commands }: { botId: string; known: string | null; commands: readonly CommandHelp[] },
): Promise<void> {
  const wanted = applicationCommands(commands);
  const hash = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 16);
  if (hash === known) return;
  await api.registerCommands(botId, wanted);
  await noteCommands(store, botId, hash);
}
