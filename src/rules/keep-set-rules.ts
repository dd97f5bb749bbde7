import type { Caller } from '../lib/operations/operation.ts';
import { UsageError } from '../lib/errors.ts';
import type { Tx } from '../lib/store/store.ts';
import { plainRule, type Rule } from '../events/router/rule.ts';
import { keepFound } from './change.ts';
import { currentRules, rulesKey, type RuleSettings } from './current.ts';
import { keepVersion, lockRules } from './rows/versions.ts';

/** Makes a version of rules that are set as a whole by `ninjad config set`, before they are stored. */
export function keepingRuleVersions(settings: RuleSettings) {
  return async (tx: Tx, { key, value, at }: { key: string; value: unknown; at: Date }, { by }: Caller) => {
    if (key !== rulesKey) return;
    await lockRules(tx);
    const current = await currentRules(tx, settings).catch((thrown: unknown) => {
      // Stored rules of no use are what is being set right.
      if (thrown instanceof UsageError) return undefined;
      throw thrown;
    });
    if (current !== undefined) await keepFound(tx, current, at);
    const rules = (value as readonly Rule[]).map(plainRule);
    await keepVersion(tx, {
      ...{
        at,
        by,
        action: 'set',
        summary: `all rules were set in ${rulesKey}`,
        rules,
        origin: 'table' as const,
      },
      undoes: null,
    });
  };
}
