import { commandOf } from '../../lib/reflexes/command.ts';
import type { WireEvent } from '../../lib/wire/parse-line.ts';
import { type Priority, priorityName } from '../../lib/wire/priority.ts';
import { ownValue } from '../../lib/own-value.ts';
import type { BookRule, RuleBook } from './book.ts';
import { ownerSources } from './default-rules.ts';
import { fieldTexts, payloadObject } from './fields.ts';
import { automaticOf, isMail } from './mail.ts';
import type { Route } from './rule.ts';
import { type Moment, shapedBy, type Shaping } from './shape.ts';
import { matchesWildcard } from './wildcard.ts';

export { compileRules, type RuleBook } from './book.ts';

export interface Routing {
  route: Route;
  /** Name of the rule that decided. */
  rule: string;
  /** What rules did to it besides. */
  shaping?: Shaping;
}

/** What a rule thought of an event, for the dry run. */
export interface RuleVerdict {
  rule: string;
  /** Missing where the rule chooses none and lets the event go on. */
  route?: Route;
  matches: boolean;
  /** The first condition that failed, in words. */
  because?: string;
}

/** The part of an event that rules look at; without a payload no field of it matches. */
export type Routable = Pick<WireEvent, 'source' | 'category' | 'priority' | 'text'> &
  Partial<Pick<WireEvent, 'payload'>>;

/** What was read of a payload for one event. */
interface Reading {
  /** Its object, read once for all rules that ask for its fields. */
  object?: ReturnType<typeof payloadObject>;
}

/** The condition that fails; words are made of it only where somebody reads them. */
type Failing =
  'source' | 'category' | 'priority' | 'command' | 'text' | 'mail-text' | 'automatic' | { field: string };

const maxTextCharacters = 4096;
const maxCandidateEntries = 4096;

/**
 * Decides what an event becomes: the first rule with a route all of whose conditions hold. Rules before it that match and
 * choose no route change the event on its way. Pure but for its memory of header lookups and the moment's throttles; without
 * a moment nothing is throttled and no hour is quiet.
 */
export function route(event: Routable, book: RuleBook, moment?: Moment): Routing {
  let reading: Reading | undefined;
  for (const rule of candidatesFor(event, book)) {
    if (rule.readsText && failingText(event, rule, (reading ??= {})) !== undefined) continue;
    return rule.plain ?? routeShaped(event, book, rule, moment);
  }
  throw noRuleMatched();
}

/** The dry run: what every rule up to the deciding one thought of the event. */
export function explainRoute(event: Routable, book: RuleBook): RuleVerdict[] {
  const verdicts: RuleVerdict[] = [];
  const reading: Reading = {};
  let seen = event;
  for (const rule of book.rules) {
    const failing = firstFailing(seen, rule, reading);
    const matches = failing === undefined;
    verdicts.push({
      rule: rule.name,
      ...(rule.route && { route: rule.route }),
      matches,
      ...(failing && { because: inWords(failing, seen, rule, reading) }),
    });
    if (matches && rule.route !== undefined) break;
    if (matches && rule.toPriority !== undefined) seen = { ...seen, priority: rule.toPriority };
  }
  return verdicts;
}

/** Whether all conditions of a rule hold for an event, wherever the rule stands. */
export function matchesRule(event: Routable, rule: BookRule): boolean {
  return firstFailing(event, rule, {}) === undefined;
}

/** The way from the first rule on that does more than to choose a route. */
function routeShaped(event: Routable, book: RuleBook, first: BookRule, moment: Moment | undefined): Routing {
  const reading: Reading = {};
  let seen = event;
  let shaping: Shaping = {};
  let rule: BookRule | undefined = first;
  while (rule !== undefined) {
    shaping = shapedBy(seen, rule, shaping, moment);
    if (shaping.throttledBy !== undefined) return { route: 'drop', rule: rule.name, shaping };
    if (rule.route !== undefined)
      return { route: rule.route, rule: rule.name, shaping: settled(shaping, rule.route) };
    shaping.met = [...(shaping.met ?? []), rule.name];
    if (shaping.priority !== undefined) seen = withPriority(seen, shaping.priority);
    rule = nextMatch(seen, book, rule.place, reading);
  }
  throw noRuleMatched();
}

/** Only tasks wait: what a reflex keeps it keeps at once, and what is dropped is gone. */
function settled(shaping: Shaping, route: Route): Shaping {
  if (route === 'task' || shaping.heldBy === undefined) return shaping;
  const { priority, permissionCategory, agent, loweredBy, met } = shaping;
  return {
    ...(priority !== undefined && { priority }),
    ...(permissionCategory !== undefined && { permissionCategory }),
    ...(agent !== undefined && { agent }),
    ...(loweredBy !== undefined && { loweredBy }),
    ...(met && { met }),
  };
}

function withPriority(event: Routable, priority: Priority): Routable {
  return event.priority === priority ? event : { ...event, priority };
}

function nextMatch(event: Routable, book: RuleBook, after: number, reading: Reading): BookRule | undefined {
  return candidatesFor(event, book).find(
    (rule) => rule.place > after && !(rule.readsText && failingText(event, rule, reading) !== undefined),
  );
}

function noRuleMatched(): Error {
  return new Error('no rule matched: the default rules end with one that takes everything');
}

function candidatesFor(event: Routable, book: RuleBook): readonly BookRule[] {
  const key = `${event.priority}|${event.source}|${event.category}`;
  const known = book.candidates.get(key);
  if (known !== undefined) return known;
  const candidates = book.rules.filter((rule) => failingHeader(event, rule) === undefined);
  // Sources may be invented without end; forgetting all at once is rare and cheap.
  if (book.candidates.size >= maxCandidateEntries) book.candidates.clear();
  book.candidates.set(key, candidates);
  return candidates;
}

function firstFailing(event: Routable, rule: BookRule, reading: Reading): Failing | undefined {
  return failingHeader(event, rule) ?? failingText(event, rule, reading);
}

function failingHeader(event: Routable, rule: BookRule): Failing | undefined {
  if (rule.source !== undefined && !anyMatches(rule.source, event.source)) return 'source';
  if (rule.category !== undefined && !anyMatches(rule.category, event.category)) return 'category';
  return rule.priority?.includes(priorityName(event.priority)) === false ? 'priority' : undefined;
}

function failingText(event: Routable, rule: BookRule, reading: Reading): Failing | undefined {
  if (isMail(event)) {
    if (rule.command !== undefined || rule.text !== undefined) return 'mail-text';
    if (rule.route === 'task' && automaticOf(objectOf(event, reading)) !== undefined) return 'automatic';
  }
  if (rule.command !== undefined) {
    const command = commandOf(event.text);
    if (command === undefined || !anyMatches(rule.command, command)) return 'command';
  }
  const isFolded = rule.ignoreCase === true;
  if (rule.text !== undefined && !anyMatches(rule.text, event.text, isFolded)) return 'text';
  return rule.fields && failingField(objectOf(event, reading), rule.fields, isFolded);
}

function failingField(
  object: Reading['object'],
  fields: NonNullable<BookRule['fields']>,
  isFolded: boolean,
): Failing | undefined {
  for (const [field, patterns] of Object.entries(fields)) {
    const values = object === undefined ? [] : fieldTexts(object, field);
    if (!values.some((value) => anyMatches(patterns, value, isFolded))) return { field };
  }
  return undefined;
}

function objectOf({ payload }: Routable, reading: Reading): Reading['object'] {
  if (!('object' in reading)) reading.object = payload === undefined ? undefined : payloadObject(payload);
  return reading.object;
}

function inWords(failing: Failing, event: Routable, rule: BookRule, reading: Reading): string {
  switch (failing) {
    case 'source':
      if (rule.source?.join() === ownerSources.join())
        return `it is not from you: the source is ${event.source}`;
      return `the source ${event.source} fits none of ${quoted(rule.source)}`;
    case 'category':
      return `the category ${event.category} fits none of ${quoted(rule.category)}`;
    case 'priority':
      return `the priority ${priorityName(event.priority)} is none of ${rule.priority?.join(', ')}`;
    case 'command': {
      const command = commandOf(event.text);
      return command === undefined
        ? 'the text is not a /command'
        : `the command /${command} fits none of ${quoted(rule.command)}`;
    }
    case 'text':
      return `the text fits none of ${quoted(rule.text)}`;
    case 'mail-text':
      return 'rules look at the fields of a mail (from, to, list, subject), never at its text';
    case 'automatic':
      return `the mail starts no task: it is automatic (${automaticOf(objectOf(event, reading)) ?? ''})`;
    default:
      return fieldInWords(failing.field, objectOf(event, reading), rule);
  }
}

function fieldInWords(field: string, object: Reading['object'], { fields = {} }: BookRule): string {
  if (object === undefined) return 'the payload is no JSON object, so that it has no fields';
  return fieldTexts(object, field).length === 0
    ? `the payload has no field ${JSON.stringify(field)}`
    : `the field ${JSON.stringify(field)} fits none of ${quoted(ownValue(fields, field))}`;
}

function anyMatches(patterns: readonly string[], text: string, isFolded = false): boolean {
  const start = text.length > maxTextCharacters ? text.slice(0, maxTextCharacters) : text;
  const compared = isFolded ? start.toLowerCase() : start;
  return patterns.some((pattern) => matchesWildcard(pattern, compared));
}

function quoted(patterns: readonly string[] = []): string {
  return patterns.map((pattern) => JSON.stringify(pattern)).join(', ');
}
