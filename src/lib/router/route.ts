import { z } from 'zod';
import type { WireEvent } from '../wire/parse-line.ts';
import { priorityName } from '../wire/priority.ts';
import { defaultRules } from './default-rules.ts';
import { type Route, type Rule, type RuleInput, ruleSchema } from './rule.ts';
import { matchesWildcard } from './wildcard.ts';

export interface Routing {
  route: Route;
  /** Name of the rule that decided. */
  rule: string;
}

/** What a rule thought of an event, for the dry run. */
export interface RuleVerdict {
  rule: string;
  route: Route;
  matches: boolean;
  /** The first condition that failed, in words. */
  because?: string;
}

type Routable = Pick<WireEvent, 'source' | 'category' | 'priority' | 'text'>;

/** Rules ready to be asked; made by `compileRules`. */
export interface RuleBook {
  rules: readonly Rule[];
  /** Rules that may match a source, category and priority, so that only texts are compared an event. */
  candidates: Map<string, readonly Rule[]>;
}

const maxTextCharacters = 4096;
const maxCandidateEntries = 4096;

/** The owner's rules followed by the defaults. Throws zod's error where a rule is malformed. */
export function compileRules(ownerRules: readonly RuleInput[] = []): RuleBook {
  const rules = z.array(ruleSchema).parse([...ownerRules, ...defaultRules]);
  return { rules, candidates: new Map() };
}

/** Decides what an event becomes: the first rule all of whose conditions hold. Pure but for its memory of header lookups. */
export function route(event: Routable, book: RuleBook): Routing {
  for (const rule of candidatesFor(event, book)) {
    if (textFailure(event, rule) === undefined) return { route: rule.route, rule: rule.name };
  }
  throw new Error('no rule matched: the default rules end with one that takes everything');
}

/** The dry run: what every rule up to the deciding one thought of the event. */
export function explainRoute(event: Routable, book: RuleBook): RuleVerdict[] {
  const verdicts: RuleVerdict[] = [];
  for (const rule of book.rules) {
    const because = firstFailure(event, rule);
    const matches = because === undefined;
    verdicts.push({ rule: rule.name, route: rule.route, matches, ...(matches ? {} : { because }) });
    if (matches) break;
  }
  return verdicts;
}

function candidatesFor(event: Routable, book: RuleBook): readonly Rule[] {
  const key = `${event.priority}|${event.source}|${event.category}`;
  const known = book.candidates.get(key);
  if (known !== undefined) return known;
  const candidates = book.rules.filter((rule) => headerFailure(event, rule) === undefined);
  // Sources may be invented without end; forgetting all at once is rare and cheap.
  if (book.candidates.size >= maxCandidateEntries) book.candidates.clear();
  book.candidates.set(key, candidates);
  return candidates;
}

/** The command that a text begins with, e.g. `stop` for "/stop 12"; undefined for other texts, paths among them. */
export function commandOf(text: string): string | undefined {
  return /^\/([a-z][a-z-]{0,31})(?:\s|$)/.exec(text)?.[1];
}

function firstFailure(event: Routable, rule: Rule): string | undefined {
  return headerFailure(event, rule) ?? textFailure(event, rule);
}

function textFailure(event: Routable, rule: Rule): string | undefined {
  if (rule.command !== undefined) {
    const command = commandOf(event.text);
    if (command === undefined) return 'the text is not a /command';
    if (!anyMatches(rule.command, command))
      return `the command /${command} fits none of ${quoted(rule.command)}`;
  }
  if (rule.text !== undefined && !anyMatches(rule.text, event.text))
    return `the text fits none of ${quoted(rule.text)}`;
  return undefined;
}

function headerFailure(event: Routable, rule: Rule): string | undefined {
  if (rule.source !== undefined && !anyMatches(rule.source, event.source)) {
    return `the source ${event.source} fits none of ${quoted(rule.source)}`;
  }
  if (rule.category !== undefined && !anyMatches(rule.category, event.category)) {
    return `the category ${event.category} fits none of ${quoted(rule.category)}`;
  }
  const priority = priorityName(event.priority);
  if (rule.priority !== undefined && !rule.priority.includes(priority)) {
    return `the priority ${priority} is none of ${rule.priority.join(', ')}`;
  }
  return undefined;
}

function anyMatches(patterns: readonly string[], text: string): boolean {
  const start = text.length > maxTextCharacters ? text.slice(0, maxTextCharacters) : text;
  return patterns.some((pattern) => matchesWildcard(pattern, start));
}

function quoted(patterns: readonly string[]): string {
  return patterns.map((pattern) => JSON.stringify(pattern)).join(', ');
}
