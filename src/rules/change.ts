import { isDeepStrictEqual } from 'node:util';
import { recordAct } from '../activity/record-act.ts';
import type { Bus } from '../lib/bus.ts';
import { deleteStoredSetting, writeStoredSetting } from '../lib/config/stored-settings.ts';
import { localTime } from '../lib/local-time.ts';
import { ConflictError, NinjadError } from '../lib/errors.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import type { Caller } from '../lib/operations/operation.ts';
import type { Store, Tx } from '../lib/store/store.ts';
import { compileRules } from '../events/router/route.ts';
import type { RuleInput } from '../events/router/rule.ts';
import { checkedRules, type RuleHouse } from './check.ts';
import { type CurrentRules, currentRules, refreshSettings, rulesKey, type RuleSettings } from './current.ts';
import { newDangers } from './dangers.ts';
import { differences, type RuleDifference } from './difference.ts';
import { type Effect, effectOf } from './effect.ts';
import { listHeld } from './rows/held.ts';
import { keepVersion, lockRules } from './rows/versions.ts';

/** Services that a change of the rules uses. */
export interface RuleNeeds {
  store: Store;
  settings: RuleSettings;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  ruleHouse: RuleHouse;
  now: () => Date;
}

/** What is to become of the rules. */
export interface RulePlan {
  rules: readonly unknown[];
  /** What was done, such as `added`. */
  action: string;
  summary: string;
  /** The rule in question, for its effect. */
  name?: string | undefined;
  /** The version that is taken back, and where the setting had its value from before it. */
  undoes?: { id: number; origin: CurrentRules['origin'] };
}

/** How a change is made. */
export interface ChangeOptions {
  /** Says what would change and what it would have done to the latest events, and changes nothing. */
  dryRun?: boolean | undefined;
  /** Makes it although it takes the owner's own words, or everything. */
  sure?: boolean | undefined;
  /** The version that the change was thought out on; another one by now refuses it. */
  base?: number | undefined;
}

/** A change of the rules, made or only tried. */
export interface RuleChange {
  /** The version that it made; null where nothing was changed. */
  version: number | null;
  dryRun: boolean;
  summary: string;
  differences: RuleDifference[];
  /** Why it asks to be confirmed, a sentence each. */
  dangers: string[];
  /** What is to be known besides, a sentence each. */
  notes: string[];
  /** What it would have done to the latest events; only of a dry run. */
  effect: Effect | null;
}

/**
 * Changes the owner's rules as a whole: checked, with a version and a line in the activity log, in one transaction, and in
 * force at once. Rejects with a `UsageError` where they are not good, with CONFIRM where they need to be confirmed, and
 * with a `ConflictError` where others were faster.
 */
export async function changeRules(
  needs: RuleNeeds,
  caller: Caller,
  options: ChangeOptions,
  plan: (current: CurrentRules, tx: Tx) => RulePlan | Promise<RulePlan>,
): Promise<RuleChange> {
  const { store, settings, ruleHouse } = needs;
  await refreshSettings(store, settings);
  const planned = async (tx: Tx) => {
    const current = await currentRules(tx, settings);
    expectBase(current, options.base);
    const { rules: wanted, ...what } = await plan(current, tx);
    const rules = checkedRules(wanted, ruleHouse);
    const found = {
      summary: what.summary,
      differences: differences(current.rules, rules),
      dangers: what.undoes === undefined ? newDangers(current.rules, rules) : [],
      notes: await stillHeld(tx, rules),
    };
    return { current, rules, what, found };
  };

  if (options.dryRun === true) {
    const { current, rules, what, found } = await planned(store);
    const books = {
      before: compileRules(current.rules, ruleHouse.defaultRules),
      after: compileRules(rules, ruleHouse.defaultRules),
    };
    return {
      version: null,
      dryRun: true,
      ...found,
      effect: await effectOf(store, { ...books, name: what.name }),
    };
  }

  const change = await store.transaction(async (tx): Promise<RuleChange> => {
    await lockRules(tx);
    const { current, rules, what, found } = await planned(tx);
    const same = isDeepStrictEqual(current.rules, rules);
    if (same) return { version: null, dryRun: false, ...found, effect: null };
    if (found.dangers.length > 0 && options.sure !== true) throw confirmation(found.dangers);
    const version = await storeRules(tx, needs, caller, { current, rules, what });
    return { version, dryRun: false, ...found, effect: null };
  });
  if (change.version !== null) await takeOver(needs);
  return change;
}

/** Tasks that a rule holds wait on where it is gone or switched off: the owner may want them to go on. */
async function stillHeld(tx: Tx, rules: readonly RuleInput[]): Promise<string[]> {
  const standing = new Set(rules.filter(({ enabled }) => enabled !== false).map(({ name }) => name));
  return (await listHeld(tx))
    .filter(({ rule }) => !standing.has(rule))
    .map(
      ({ rule, count, until }) =>
        `${count} task${count === 1 ? '' : 's'} that the rule ${rule} holds will go on at ${localTime(until)}; \`ninjad rules release ${rule}\` lets them go on now`,
    );
}

/** Makes a change known in this daemon: it is in force, and open pages ask anew. */
export async function takeOver({
  store,
  settings,
  bus,
}: Pick<RuleNeeds, 'store' | 'settings' | 'bus'>): Promise<void> {
  await refreshSettings(store, settings);
  for (const list of ['rules.list', 'rules.history']) bus.emit('list.changed', { list });
}

function expectBase({ newest }: CurrentRules, base: number | undefined): void {
  if (base === undefined || base === (newest?.id ?? 0)) return;
  throw new ConflictError(
    `the rules were changed since (version ${newest?.id ?? 0}, not ${base}): look at them, and try again`,
  );
}

function confirmation(dangers: readonly string[]): NinjadError {
  return new NinjadError(
    'CONFIRM',
    `${dangers.join('; ')}: confirm it with --yes (\`"sure": true\`) if that is meant`,
  );
}

interface Prepared {
  current: CurrentRules;
  rules: RuleInput[];
  what: Omit<RulePlan, 'rules'>;
}

async function storeRules(
  tx: Tx,
  needs: RuleNeeds,
  caller: Caller,
  { current, rules, what }: Prepared,
): Promise<number> {
  const { action, summary, undoes } = what;
  const at = needs.now();
  await keepFound(tx, current, at);
  // Back to a state that was none of the table's: config.json, or the default, holds again.
  const origin = undoes?.origin ?? 'table';
  if (origin === 'table') await writeStoredSetting(tx, { key: rulesKey, value: rules, now: at, by: 'owner' });
  else await deleteStoredSetting(tx, rulesKey);
  const version = await keepVersion(tx, {
    ...{ at, by: caller.by, action, summary, rules, origin },
    undoes: undoes?.id ?? null,
  });
  await recordAct(tx, caller, {
    at,
    action: `rules.${action}`,
    summary,
    detail: { version, undoes: undoes?.id },
  });
  return version;
}

/** Rules that came another way than by a change, such as from config.json, are a version too: the one to go back to. */
export async function keepFound(tx: Tx, { rules, origin, newest }: CurrentRules, at: Date): Promise<void> {
  if (newest !== undefined && isDeepStrictEqual(newest.rules, rules)) return;
  const summary = {
    table: 'the rules as they were stored',
    file: 'the rules as config.json has them',
    default: 'no rules of yours',
  }[origin];
  await keepVersion(tx, {
    ...{ at, by: origin, action: 'found', summary, rules, origin },
    undoes: null,
  });
}
