import { isDeepStrictEqual } from 'node:util';
import { plainRule, ruleFields, type RuleInput } from '../events/router/rule.ts';

/** One difference between two states of the rules. */
export type RuleDifference =
  | { kind: 'added' | 'removed'; name: string; place: number; rule: RuleInput }
  | { kind: 'changed'; name: string; place: number; fields: FieldDifference[] }
  | { kind: 'moved'; name: string; from: number; place: number };

export interface FieldDifference {
  field: string;
  /** Undefined where the rule did not say it. */
  before?: unknown;
  after?: unknown;
}

/** What is different, in the order of the rules; places count from 1. Names are expected once each. */
export function differences(before: readonly RuleInput[], after: readonly RuleInput[]): RuleDifference[] {
  const old = new Map(before.map((rule, at) => [rule.name, { rule, at }]));
  const names = new Set(after.map(({ name }) => name));
  const removed = before.flatMap((rule, at): RuleDifference[] =>
    names.has(rule.name) ? [] : [{ kind: 'removed', name: rule.name, place: at + 1, rule: plainRule(rule) }],
  );
  const staying = stayingNames(before, after);
  const others = after.flatMap((rule, at): RuleDifference[] => {
    const { name } = rule;
    const known = old.get(name);
    if (known === undefined) return [{ kind: 'added', name, place: at + 1, rule: plainRule(rule) }];
    const fields = fieldDifferences(plainRule(known.rule), plainRule(rule));
    return [
      ...(staying.has(name) ? [] : [{ kind: 'moved' as const, name, from: known.at + 1, place: at + 1 }]),
      ...(fields.length === 0 ? [] : [{ kind: 'changed' as const, name, place: at + 1, fields }]),
    ];
  });
  return [...removed, ...others];
}

function fieldDifferences(before: RuleInput, after: RuleInput): FieldDifference[] {
  return ruleFields
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .map((field) => ({
      field,
      ...(before[field] !== undefined && { before: before[field] }),
      ...(after[field] !== undefined && { after: after[field] }),
    }));
}

/** The most rules that keep their order among each other: the longest rising sequence of their old places. */
function stayingNames(before: readonly RuleInput[], after: readonly RuleInput[]): Set<string> {
  const placeOf = new Map(before.map(({ name }, at) => [name, at]));
  const shared = after.filter(({ name }) => placeOf.has(name)).map(({ name }) => name);
  const best: { length: number; previous: number }[] = [];
  for (const [at, name] of shared.entries()) {
    let length = 1;
    let previous = -1;
    for (let earlier = 0; earlier < at; earlier += 1) {
      const rises = (placeOf.get(shared[earlier] ?? '') ?? 0) < (placeOf.get(name) ?? 0);
      if (rises && (best[earlier]?.length ?? 0) >= length) {
        length = (best[earlier]?.length ?? 0) + 1;
        previous = earlier;
      }
    }
    best.push({ length, previous });
  }
  const staying = new Set<string>();
  let at = best.reduce(
    (longest, { length }, index) => (length > (best[longest]?.length ?? 0) ? index : longest),
    0,
  );
  while (at >= 0 && at < shared.length) {
    staying.add(shared[at] ?? '');
    at = best[at]?.previous ?? -1;
  }
  return staying;
}
