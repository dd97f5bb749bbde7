import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Tx } from '../lib/store/store.ts';
import { readPayload } from '../lib/wire/parse-line.ts';
import { type Priority, type PriorityName, priorityName } from '../lib/wire/priority.ts';
import { matchesRule, type Routable, route, type RuleBook, type Routing } from '../events/router/route.ts';
import { createThrottles, type Throttles } from '../events/router/throttles.ts';
import { type RecentEvent, readRecentEvents } from './rows/recent-events.ts';

/** What a change would have done to the latest events. */
export interface Effect {
  /** How many events were looked at, and when the first and the last of them came. */
  looked: number;
  since: Date | null;
  until: Date | null;
  /** Events that would have become something else. */
  changed: number;
  /** The ways that they would have changed to, the most frequent first. */
  ways: { from: Destination; to: Destination; count: number }[];
  /** What the rule in question would have done. */
  rule: RuleEffect | null;
  /** The latest of the events that it would have taken; without a rule in question, of those that change. */
  examples: EffectExample[];
}

/** A rule on the latest events. */
export interface RuleEffect {
  name: string;
  /** Events that it would have taken, or changed on their way. */
  taken: number;
  /** Events that fit its conditions; a rule before it takes the others. */
  matched: number;
  throttled: number;
  held: number;
  lowered: number;
  /** The rules that take these events today, the most frequent first. */
  today: { rule: string; route: string; count: number }[];
}

/** Where an event goes. */
export interface Destination {
  rule: string;
  route: string;
}

export interface EffectExample {
  id: number;
  receivedAt: Date;
  priority: PriorityName;
  source: string;
  category: string;
  /** The first 120 characters. */
  text: string;
  today: Destination;
  then: Destination;
  /** Why it would have been dropped, held or lowered. */
  reason: string | null;
}

/** Events that a dry run looks at. */
export const triedEvents = 1000;

const shownExamples = 5;
const shownWays = 10;
const shownCharacters = 120;
/** Events routed before others get a turn. */
const turnEvents = 100;

/** What `after` would have made of the latest events where `before` holds today; `name` is the rule in question. */
export async function effectOf(
  store: Tx,
  { before, after, name }: { before: RuleBook; after: RuleBook; name?: string | undefined },
  most = triedEvents,
): Promise<Effect> {
  const events = await readRecentEvents(store, most);
  const tally = createTally(after, name);
  const old = createThrottles();
  const fresh = createThrottles();
  for (const [at, event] of events.entries()) {
    if (at % turnEvents === turnEvents - 1) await nextTurn();
    const routable = routableOf(event);
    tally.add(event, routable, {
      today: routeAt(event, routable, before, old),
      then: routeAt(event, routable, after, fresh),
    });
  }
  return {
    looked: events.length,
    since: events[0]?.receivedAt ?? null,
    until: events.at(-1)?.receivedAt ?? null,
    ...tally.sum(),
  };
}

function routableOf({ source, category, priority, payload }: RecentEvent): Routable {
  const { text } = readPayload(payload);
  return { source, category, priority: priority as Priority, text, payload };
}

function routeAt(
  { receivedAt }: RecentEvent,
  event: Routable,
  book: RuleBook,
  throttles: Throttles,
): Routing {
  return route(event, book, { at: receivedAt.getTime(), throttles });
}

function createTally(after: RuleBook, name: string | undefined) {
  const asked = after.rules.find((rule) => rule.name === name);
  const rule: Omit<RuleEffect, 'today' | 'name'> = {
    taken: 0,
    matched: 0,
    throttled: 0,
    held: 0,
    lowered: 0,
  };
  const ways = new Map<string, Effect['ways'][number]>();
  const today = new Map<string, RuleEffect['today'][number]>();
  const examples: EffectExample[] = [];
  let changed = 0;

  const countRule = ({ shaping }: Routing, from: Destination): void => {
    rule.taken += 1;
    if (shaping?.throttledBy === name) rule.throttled += 1;
    if (shaping?.heldBy === name) rule.held += 1;
    if (shaping?.loweredBy === name) rule.lowered += 1;
    countIn(today, from.rule, () => ({ ...from, count: 0 }));
  };

  return {
    add(event: RecentEvent, routable: Routable, routed: { today: Routing; then: Routing }): void {
      const from = destination(routed.today);
      const to = destination(routed.then);
      const isChanged = !isDeepStrictEqual(outcome(routed.today), outcome(routed.then));
      if (isChanged) {
        changed += 1;
        countIn(ways, `${from.rule} ${from.route} ${to.rule} ${to.route}`, () => ({ from, to, count: 0 }));
      }
      const takes = name !== undefined && takenBy(routed.then, name);
      if (asked !== undefined && (takes || matchesRule(routable, asked))) rule.matched += 1;
      if (takes) countRule(routed.then, from);
      if (asked === undefined ? isChanged : takes) {
        examples.push(exampleOf(event, routable, from, to, routed.then));
        if (examples.length > shownExamples) examples.shift();
      }
    },
    sum: () => ({
      changed,
      ways: [...ways.values()].toSorted((a, b) => b.count - a.count).slice(0, shownWays),
      rule:
        asked === undefined
          ? null
          : { name: asked.name, ...rule, today: [...today.values()].toSorted((a, b) => b.count - a.count) },
      examples: examples.toReversed(),
    }),
  };
}

function countIn<Item extends { count: number }>(
  items: Map<string, Item>,
  key: string,
  make: () => Item,
): void {
  const item = items.get(key) ?? make();
  item.count += 1;
  items.set(key, item);
}

function takenBy({ rule, shaping }: Routing, name: string): boolean {
  return rule === name || shaping?.met?.includes(name) === true;
}

function destination({ rule, route: to }: Routing): Destination {
  return { rule, route: to };
}

/** What becomes of an event, whichever rule says so. */
function outcome({ route: to, shaping: { priority, permissionCategory, agent, heldUntil } = {} }: Routing) {
  return { to, priority, permissionCategory, agent, heldUntil };
}

function exampleOf(
  { id, receivedAt, priority, source, category }: RecentEvent,
  { text }: Routable,
  today: Destination,
  then: Destination,
  { shaping }: Routing,
): EffectExample {
  return {
    id,
    receivedAt,
    priority: priorityName(priority as Priority),
    source,
    category,
    text: text.slice(0, shownCharacters),
    today,
    then,
    reason: shaping?.reason ?? null,
  };
}
