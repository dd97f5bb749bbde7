import { commandOf } from '../lib/reflexes/command.ts';
import type { CommandHelp, ReflexDeclaration } from '../lib/reflexes/declaration.ts';
import type { Reflex } from '../lib/reflexes/reflex.ts';

/** Needs of the reflexes of events. */
export interface EventReflexDeps {
  /** The commands of all concerns. */
  commands: readonly CommandHelp[];
}

const helpUsage = '/help';

/** Reflexes of events: those that are only kept, and the list of commands, also for a command that nobody knows. */
export const eventReflexes: readonly ReflexDeclaration<EventReflexDeps>[] = [
  {
    name: 'record',
    says: 'is kept, without an agent',
    rules: [{ name: 'heartbeat', category: 'heartbeat' }],
    create: () => () => ({}),
  },
  {
    name: 'help',
    command: { usage: helpUsage, does: 'this list' },
    says: 'is answered by the list of commands',
    create: createHelpReflex,
  },
];

function createHelpReflex({ commands }: EventReflexDeps): Reflex {
  const isHelp = ({ usage }: CommandHelp): boolean => usage === helpUsage;
  const listed = [...commands.filter((command) => !isHelp(command)), ...commands.filter(isHelp)];
  const list = listed.map(({ usage, does }) => `${usage} – ${does}`).join('\n');
  return ({ event }) => {
    const command = commandOf(event.text);
    return {
      reply:
        command === undefined || command === 'help'
          ? list
          : `There is no command /${command}. There are:\n${list}`,
    };
  };
}
