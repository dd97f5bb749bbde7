import { isDeepStrictEqual } from 'node:util';
import { ownerSources } from '../events/router/default-rules.ts';
import type { RuleInput } from '../events/router/rule.ts';
import { ownValue } from '../lib/own-value.ts';

/** The conditions of a rule in words, such as "from cron:*, category metric"; "every event" where it has none. */
export function conditionsInWords(rule: RuleInput): string {
  const { source, category, priority, command, text, fields = {}, ignoreCase } = rule;
  const found = [
    source && `from ${isOwner(source) ? 'you' : either(source)}`,
    category && `category ${either(category)}`,
    priority && `${either(priority)} priority`,
    command && `the command /${either(command)}`,
    text && `text ${either(text)}`,
    ...Object.entries(fields).map(([name, patterns]) => `${name} ${either(patterns)}`),
  ].filter((part) => part !== undefined);
  if (found.length === 0) return 'every event';
  return `${found.join(', ')}${ignoreCase === true ? ', in any case of letters' : ''}`;
}

/**
 * What becomes of an event by a route, in words, such as "becomes a task"; `reflexes` has the words of each reflex. A reflex
 * that there is no more keeps its name.
 */
export function routeInWords(route: string, reflexes: Readonly<Record<string, string>>): string {
  if (route === 'task') return 'becomes a task';
  if (route === 'drop') return 'is dropped';
  return ownValue(reflexes, route.slice('reflex:'.length)) ?? route;
}

/** What a rule does in words, such as "becomes a task, as LOW, at most 5 in 10m". */
export function deedsInWords(rule: RuleInput, reflexes: Readonly<Record<string, string>>): string {
  const { route, setPriority, permissionCategory, agent, throttle, quiet } = rule;
  return [
    route === undefined ? 'goes on to the next rules' : routeInWords(route, reflexes),
    setPriority && `as ${setPriority}`,
    permissionCategory && `with the permissions of ${permissionCategory}`,
    agent && `by ${agent}`,
    throttle &&
      `at most ${throttle.count} in ${throttle.per}${throttle.by === 'source' ? ' of a source' : ''}`,
    quiet &&
      `${quiet.then === 'lower' ? 'as LOW' : 'held'} ${quiet.hours}${quiet.zone === undefined ? '' : ` ${quiet.zone}`}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

function isOwner(source: string | readonly string[]): boolean {
  return isDeepStrictEqual([source].flat(), ownerSources);
}

function either(patterns: string | readonly string[]): string {
  return [patterns].flat().join(' or ');
}
