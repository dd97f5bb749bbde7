import type { Tx } from '../lib/store/store.ts';
import type { HitCounts } from '../events/router/rule-hits.ts';
import { plainRule, type RuleInput } from '../events/router/rule.ts';
import type { RuleHouse } from './check.ts';
import type { CurrentRules } from './current.ts';
import { conditionsInWords, deedsInWords, routeInWords } from './describe.ts';
import { type HeldTasks, listHeld } from './rows/held.ts';
import { listHits, shownDays, type StoredHits } from './rows/hits.ts';

/** How often a rule took an event, of the days that are kept. */
export interface HitsView {
  /** Events that it took, or changed on their way. */
  taken: number;
  today: number;
  throttled: number;
  held: number;
  lowered: number;
  lastAt: Date | null;
  /** Of each of the last 14 days, today last. */
  days: number[];
}

/** A rule for lists. */
export interface RuleView {
  name: string;
  /** Among the owner's rules, from 1; null for a built-in one. */
  place: number | null;
  builtIn: boolean;
  enabled: boolean;
  /** Its conditions and its deeds in words. */
  when: string;
  does: string;
  rule: RuleInput;
  hits: HitsView;
  /** Tasks that wait for the end of its quiet hours. */
  holding: { count: number; until: Date } | null;
  /** What is odd about it, a sentence each. */
  warnings: string[];
}

/** What views are made of besides the rules. */
export interface RuleSurroundings {
  store: Tx;
  ruleHouse: RuleHouse;
  /** Counts that are not stored yet. */
  counted: ReadonlyMap<string, HitCounts>;
  /** The categories that `permissions.byCategory` has an entry for. */
  permissionCategories: readonly string[];
  now: Date;
}

/** All rules in the order in which they are asked. */
export async function ruleViews({ rules }: CurrentRules, around: RuleSurroundings): Promise<RuleView[]> {
  const stored = new Map((await listHits(around.store, around.now)).map((hits) => [hits.rule, hits]));
  const held = new Map((await listHeld(around.store)).map((tasks) => [tasks.rule, tasks]));
  const view = (rule: RuleInput, at: number | undefined): RuleView => ({
    name: rule.name,
    place: at === undefined ? null : at + 1,
    builtIn: at === undefined,
    enabled: rule.enabled !== false,
    when: conditionsInWords(rule),
    does: deedsInWords(rule, around.ruleHouse.reflexes),
    rule: plainRule(rule),
    hits: hitsView(stored.get(rule.name), around.counted.get(rule.name)),
    holding: holdingOf(held.get(rule.name)),
    warnings: at === undefined ? [] : warningsOf(rule, rules.slice(0, at), around),
  });
  return [...rules.map(view), ...around.ruleHouse.defaultRules.map((rule) => view(rule, undefined))];
}

/** A route with what becomes of an event by it. */
export interface RouteView {
  route: string;
  /** In words, such as "is remembered". */
  says: string;
}

/** All routes that a rule may choose: a task, nothing, each reflex. */
export function routeViews({ reflexes }: RuleHouse): RouteView[] {
  const routes = ['task', 'drop', ...Object.keys(reflexes).map((name) => `reflex:${name}`)];
  return routes.map((route) => ({ route, says: routeInWords(route, reflexes) }));
}

function hitsView(stored: StoredHits | undefined, counted: HitCounts | undefined): HitsView {
  const days = stored?.days ?? Array.from({ length: shownDays }, () => 0);
  const sum = (name: 'taken' | 'throttled' | 'held' | 'lowered'): number =>
    (stored?.[name] ?? 0) + (counted?.[name] ?? 0);
  const today = (days.at(-1) ?? 0) + (counted?.taken ?? 0);
  const last = Math.max(stored?.lastAt.getTime() ?? 0, counted?.lastAt ?? 0);
  return {
    taken: sum('taken'),
    today,
    throttled: sum('throttled'),
    held: sum('held'),
    lowered: sum('lowered'),
    lastAt: last === 0 ? null : new Date(last),
    days: days.with(-1, today),
  };
}

function holdingOf(held: HeldTasks | undefined): RuleView['holding'] {
  return held === undefined ? null : { count: held.count, until: held.until };
}

function warningsOf(
  rule: RuleInput,
  earlier: readonly RuleInput[],
  { permissionCategories }: RuleSurroundings,
): string[] {
  const shadow = earlier.find(
    (one) => one.enabled !== false && one.route !== undefined && hasNoCondition(one),
  );
  const { permissionCategory, quiet, route } = rule;
  return [
    ...(shadow === undefined
      ? []
      : [`it is never asked: the rule ${shadow.name} before it takes everything`]),
    ...(permissionCategory === undefined || permissionCategories.includes(permissionCategory)
      ? []
      : [`permissions.byCategory has no entry ${permissionCategory}, so that it changes no permission`]),
    ...(quiet !== undefined && quiet.then !== 'lower' && route !== undefined && route !== 'task'
      ? [`only tasks are held in quiet hours, and it leads to ${route}`]
      : []),
  ];
}

function hasNoCondition({ source, category, priority, command, text, fields }: RuleInput): boolean {
  return [source, category, priority, command, text, fields].every((condition) => condition === undefined);
}
