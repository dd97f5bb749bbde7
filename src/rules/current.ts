import { z } from 'zod';
import { ConflictError, UsageError } from '../lib/errors.ts';
import { readStoredSettings } from '../lib/config/stored-settings.ts';
import type { LiveSettings } from '../lib/config/live-settings.ts';
import type { Store, Tx } from '../lib/store/store.ts';
import { plainRule, type Rule, type RuleInput, ruleSchema } from '../events/router/rule.ts';
import { type FullRuleVersion, newestVersion } from './rows/versions.ts';

/** The setting that holds the owner's rules. */
export const rulesKey = 'router.rules';

/** The settings, as far as rules need them. */
export type RuleSettings = Pick<LiveSettings<{ readonly 'router.rules': readonly Rule[] }>, 'get'> &
  Pick<LiveSettings<unknown>, 'view' | 'applyStored'>;

/** The owner's rules as they stand. */
export interface CurrentRules {
  rules: RuleInput[];
  origin: FullRuleVersion['origin'];
  /** The newest version; undefined where nothing was ever changed. */
  newest: FullRuleVersion | undefined;
}

/** Takes what another daemon of the same database may have stored. */
export async function refreshSettings(store: Store, settings: RuleSettings): Promise<void> {
  settings.applyStored(await readStoredSettings(store));
}

/** The rules as this transaction finds them; throws a `UsageError` where the stored ones are of no use. */
export async function currentRules(tx: Tx, settings: RuleSettings): Promise<CurrentRules> {
  const newest = await newestVersion(tx);
  const { rows } = await tx.query<{ value: unknown }>({
    name: 'rules-stored',
    text: 'SELECT value FROM config WHERE key = $1',
    values: [rulesKey],
  });
  const [row] = rows;
  if (row !== undefined) return { rules: storedRules(row.value), origin: 'table', newest };
  const { origin } = settings.view(rulesKey);
  if (origin === 'table' || origin === 'environment')
    throw new ConflictError('the rules were changed at this very moment: look at them, and try again');
  return { rules: settings.get(rulesKey).map(plainRule), origin, newest };
}

function storedRules(value: unknown): RuleInput[] {
  const parsed = z.array(ruleSchema).safeParse(value);
  if (parsed.success) return parsed.data.map(plainRule);
  throw new UsageError(
    'the stored rules cannot be used, perhaps since another version wrote them, so nothing is written over them: ' +
      `see \`ninjad config get ${rulesKey}\`, and take them back with \`ninjad config unset ${rulesKey}\``,
  );
}
