import { duplicateKeys } from '../lib/config/duplicate-keys.ts';
import { messageOf, UsageError } from '../lib/errors.ts';
import type { RuleInput } from '../events/router/rule.ts';

/** Rules as a file has them. */
export interface RuleFile {
  rules: RuleInput[];
}

/**
 * The rules of a JSON text: a list, or an object with the list as `rules`, as the export writes it. Throws a `UsageError`
 * that says what is wrong with the text; the rules themselves are checked by whoever takes them.
 */
export function readRules(text: string): unknown[] {
  const value = parse(text.replace(/^\uFEFF/, ''));
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null)
    throw new UsageError('expected a list of rules, or {"rules": […]}');
  const { rules, ...rest } = value as { rules?: unknown };
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw new UsageError(
      `expected {"rules": […]} alone, got ${JSON.stringify(unknown)} too: did you mean rules?`,
    );
  if (!Array.isArray(rules)) throw new UsageError('expected a list of rules, or {"rules": […]}');
  return rules;
}

function parse(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`the rules are not JSON, so nothing was changed: ${messageOf(cause)}`, { cause });
  }
  const [twice] = duplicateKeys(text);
  if (twice !== undefined) throw new UsageError(`${twice}: expected it once, got it twice`);
  return value;
}
