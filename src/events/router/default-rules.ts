import type { CategoryRule, ReflexDeclaration } from '../../lib/reflexes/declaration.ts';
import type { RuleInput } from './rule.ts';

/** A rule that always chooses a route. */
export type DefaultRule = RuleInput & { route: string };

/** Sources that the owner speaks through, as patterns. */
export const ownerSources = [
  'dashboard',
  'dashboard:*',
  'discord',
  'discord:*',
  'cli',
  'cli:*',
  'shell',
  'shell:*',
];

/**
 * The rules that hold without one of the owner's, made of the reflexes that the concerns declare. The owner's `router.rules`
 * are asked first. Only chat, tasks and urgent events start an agent: an unknown category is kept, never billed.
 */
export function defaultRulesFor(declared: readonly ReflexDeclaration<never>[]): readonly DefaultRule[] {
  const byCategory = declared.flatMap(({ name, rules = [] }) =>
    rules.map((rule) => ({ ...rule, reflex: name })),
  );
  return [
    ...byCategory.filter(({ ownerOnly }) => ownerOnly === true).map(categoryRule),
    ...declared.filter(({ command }) => command !== undefined).map(({ name }) => commandRule(name)),
    ...byCategory.filter(({ ownerOnly }) => ownerOnly !== true).map(categoryRule),
    // After the notes: "/home is at 91%" is one, and to be told that there is no command /home would lose it.
    { name: 'unknown-command', source: ownerSources, command: '*', route: 'reflex:help' },
    { name: 'human', priority: 'HUMAN', route: 'task' },
    { name: 'asked-for', category: ['chat', 'task', 'goal', 'ask', 'retrospective', 'draft'], route: 'task' },
    { name: 'urgent', priority: 'URGENT', route: 'task' },
    { name: 'otherwise', route: 'reflex:record' },
  ];
}

function commandRule(name: string): DefaultRule {
  return { name: `command-${name}`, source: ownerSources, command: name, route: `reflex:${name}` };
}

function categoryRule({ name, category, ownerOnly, reflex }: CategoryRule & { reflex: string }): DefaultRule {
  return { name, ...(ownerOnly === true && { source: ownerSources }), category, route: `reflex:${reflex}` };
}
