import type { RuleInput } from './rule.ts';

const ownerSources = ['dashboard', 'dashboard:*', 'discord', 'discord:*', 'cli', 'cli:*', 'shell', 'shell:*'];

const command = (name: string): RuleInput => ({
  name: `command-${name}`,
  source: ownerSources,
  command: name,
  route: `reflex:${name}`,
});

/**
 * What happens without a rule of the owner's. Their `router.rules` are asked first.
 * Only chat, tasks and what is urgent start an agent: an unknown category is kept, never billed.
 */
export const defaultRules: readonly RuleInput[] = [
  // Before the commands: what is to be remembered may begin with a slash.
  { name: 'remember', source: ownerSources, category: 'remember', route: 'reflex:note' },
  command('status'),
  command('help'),
  command('stop'),
  command('remember'),
  command('recall'),
  command('cost'),
  { name: 'heartbeat', category: 'heartbeat', route: 'reflex:record' },
  { name: 'note', category: 'note', route: 'reflex:note' },
  // After the notes: "/home is at 91%" is one, and to be told that there is no command /home would lose it.
  { name: 'unknown-command', source: ownerSources, command: '*', route: 'reflex:help' },
  { name: 'human', priority: 'HUMAN', route: 'task' },
  { name: 'asked-for', category: ['chat', 'task', 'goal', 'ask'], route: 'task' },
  { name: 'urgent', priority: 'URGENT', route: 'task' },
  { name: 'otherwise', route: 'reflex:record' },
];
