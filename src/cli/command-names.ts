/** The headings of `--help` with the commands below them, in its order. */
export const commandGroups = {
  'Run it': ['up', 'stop', 'restart', 'status', 'logs', 'doctor', 'dashboard', 'service', 'upgrade'],
  'Talk to it': ['ask', 'chat', 'send', 'notices'],
  'What it does': ['tasks', 'agents', 'task', 'goals', 'wishes', 'findings', 'retrospective', 'cost'],
  'What it remembers': ['remember', 'recall', 'memories', 'forget', 'entities'],
  'What it watches, and who it writes to': ['fleet', 'sensors', 'mail', 'discord', 'deliveries'],
  'Set it up and keep it': [
    'config',
    'rules',
    'storage',
    'backup',
    'export',
    'import',
    'clock',
    'completion',
  ],
  'Under the hood': ['events', 'psql', 'inspect', 'mcp', 'words', 'version'],
} as const;

/** Name of a command. */
export type CommandName = (typeof commandGroups)[keyof typeof commandGroups][number];

/** The names of all commands. */
export const commandNames: readonly CommandName[] = Object.values(commandGroups).flat();
