import { compileRules, type RuleBook } from '../events/router/route.ts';
import type { RuleInput } from '../events/router/rule.ts';
import { matchesWildcard } from '../events/router/wildcard.ts';

/** How the owner talks: sources that may claim HUMAN, and the categories of what they say there. */
const ownersVoices = ['dashboard', 'discord', 'cli', 'shell'];
const ownersCategories = ['chat', 'ask', 'task'];
/** Fields of what the owner says; a rule that asks for any other one means no words of theirs. */
const ownersFields = new Set(['text', 'conversation', 'replyTo', 'dedupKey', 'fork']);
const nearlyAllPriorities = 5;

/** Why a rule asks to be confirmed, a sentence each: it takes the owner's own words, or everything. */
export function dangersOf(input: RuleInput): string[] {
  const [rule] = compileRules([input], []).rules;
  // A rule that is switched off does nothing.
  if (rule === undefined) return [];
  return [
    ...(takesOwnersWords(rule)
      ? [`the rule ${rule.name} would take what you say yourself (HUMAN, ${ownersVoices.join(', ')})`]
      : []),
    ...(takesEverything(rule)
      ? [`the rule ${rule.name} would take every event, and no rule after it would be asked`]
      : []),
  ];
}

/** The dangers of rules that were not there before, or not like this. */
export function newDangers(before: readonly RuleInput[], after: readonly RuleInput[]): string[] {
  const known = new Set(before.map((rule) => JSON.stringify(rule)));
  return after.filter((rule) => !known.has(JSON.stringify(rule))).flatMap(dangersOf);
}

type BookRule = RuleBook['rules'][number];

function takesOwnersWords({ route, toPriority, permissionCategory, ...rule }: BookRule): boolean {
  // Throttles and quiet hours let HUMAN events pass.
  if (route === undefined && toPriority === undefined && permissionCategory === undefined) return false;
  if (rule.priority?.includes('HUMAN') === false) return false;
  if (Object.keys(rule.fields ?? {}).some((field) => !ownersFields.has(field))) return false;
  const namesHuman = rule.priority !== undefined && rule.priority.length < nearlyAllPriorities;
  return fits(rule.source, ownersVoices) && (namesHuman || fits(rule.category, ownersCategories));
}

function takesEverything({ route, source, category, text, command, fields, priority }: BookRule): boolean {
  return (
    route !== undefined &&
    [source, category, text].every((patterns) => patterns === undefined || patterns.some(isAnything)) &&
    command === undefined &&
    fields === undefined &&
    (priority === undefined || priority.length >= nearlyAllPriorities)
  );
}

function isAnything(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}

/** A pattern such as `cli:*` means the owner too. */
function fits(patterns: readonly string[] | undefined, names: readonly string[]): boolean {
  return (
    patterns === undefined ||
    patterns.some((pattern) =>
      names.some((name) => matchesWildcard(pattern, name) || pattern.startsWith(`${name}:`)),
    )
  );
}
