import { z } from 'zod';
import { recordAct } from '../activity/record-act.ts';
import { ConflictError, NotFoundError } from '../lib/errors.ts';
import { meant } from '../lib/nearest-name.ts';
import { flag, id, nothing, page } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import { compileRules } from '../events/router/route.ts';
import type { RuleHits } from '../events/router/rule-hits.ts';
import { changeRules, type RuleNeeds as ChangeNeeds } from './change.ts';
import { checkedRules } from './check.ts';
import { type CurrentRules, currentRules, refreshSettings } from './current.ts';
import { dangersOf } from './dangers.ts';
import { type Effect, effectOf, triedEvents } from './effect.ts';
import { planAdd, planEdit, planEnable, planImport, planMove, planRemove } from './plans.ts';
import { type RuleFile, readRules } from './read-rules.ts';
import { releaseHeld } from './rows/held.ts';
import { lastStanding, listVersions, type RuleVersion } from './rows/versions.ts';
import { planRestore, planUndo } from './undo.ts';
import { type RouteView, routeViews, type RuleView, ruleViews } from './views.ts';

/** Services that the operations of rules use. */
export interface RuleNeeds extends ChangeNeeds {
  hits: Pick<RuleHits, 'waiting'>;
  /** The categories that `permissions.byCategory` has an entry for. */
  permissionCategories: () => readonly string[];
  /** Tells the supervisor of tasks that some may go on. */
  wakeTasks: () => void;
}

/** All rules with what can be done about them. */
export interface RuleList {
  /** The newest version; 0 where nothing was ever changed. */
  version: number;
  origin: CurrentRules['origin'];
  /** In the order in which they are asked: the owner's, then the built-in ones. */
  rules: RuleView[];
  /** What a rule may make of an event. */
  routes: RouteView[];
  /** The change that an undo takes back; null where there is none. */
  undo: RuleVersion | null;
}

const maxFileCharacters = 1_000_000;

const name = z.string().min(1).max(64);
const ruleObject = z.record(z.string(), z.unknown());
const place = {
  before: name.optional(),
  after: name.optional(),
  place: z.coerce.number().int().min(1).optional(),
};
const options = {
  dryRun: flag.optional(),
  sure: flag.optional(),
  base: z.coerce.number().int().min(0).optional(),
};

/** Operations of rules: list, change, try, import, export, undo. */
export const ruleOperations = {
  'rules.list': operation('GET /rules', nothing, (needs: RuleNeeds): Promise<RuleList> => list(needs)),
  'rule.get': operation('GET /rules/:name', z.strictObject({ name }), async (needs: RuleNeeds, wanted) =>
    existing((await list(needs)).rules, wanted.name),
  ),
  'rule.add': operation(
    'POST /rules',
    z.strictObject({ rule: ruleObject, ...place, ...options }),
    (needs: RuleNeeds, { rule, ...input }, caller) =>
      changeRules(needs, caller, input, (current) => planAdd(current, rule, input)),
  ),
  'rule.edit': operation(
    'PATCH /rules/:name',
    z.strictObject({ name, changes: ruleObject, ...options }),
    (needs: RuleNeeds, { name: which, changes, ...input }, caller) =>
      changeRules(needs, caller, input, (current) => planEdit(current, which, changes, needs.ruleHouse)),
  ),
  'rule.move': operation(
    'POST /rules/:name/move',
    z.strictObject({ name, ...place, ...options, to: z.coerce.number().int().min(1).optional() }),
    (needs: RuleNeeds, { name: which, to, ...input }, caller) =>
      changeRules(needs, caller, input, (current) =>
        planMove(current, which, { ...input, place: input.place ?? to }, needs.ruleHouse),
      ),
  ),
  'rule.enable': operation(
    'PUT /rules/:name/enabled',
    z.strictObject({ name, enabled: flag, ...options }),
    (needs: RuleNeeds, { name: which, enabled, ...input }, caller) =>
      changeRules(needs, caller, input, (current) => planEnable(current, which, enabled, needs.ruleHouse)),
  ),
  'rule.remove': operation(
    'DELETE /rules/:name',
    z.strictObject({ name, ...options }),
    (needs: RuleNeeds, { name: which, ...input }, caller) =>
      changeRules(needs, caller, input, (current) => planRemove(current, which, needs.ruleHouse)),
  ),
  'rule.release': operation(
    'POST /rules/:name/release',
    z.strictObject({ name }),
    async (needs: RuleNeeds, rule, caller) => ({ released: await release(needs, rule.name, caller) }),
  ),
  'rules.try': operation(
    'POST /rule-set/try',
    z.strictObject({
      rule: ruleObject,
      ...place,
      events: z.coerce.number().int().min(1).max(triedEvents).default(triedEvents),
    }),
    (needs: RuleNeeds, { rule, events, ...where }) => tryRule(needs, rule, where, events),
    { unrecorded: 'a dry run changes nothing' },
  ),
  'rules.export': operation('GET /rule-set', nothing, async (needs: RuleNeeds): Promise<RuleFile> => {
    const { rules } = await current(needs);
    return { rules };
  }),
  'rules.import': operation(
    'POST /rule-set',
    z.strictObject({
      text: z.string().min(1).max(maxFileCharacters),
      merge: flag.default(false),
      ...options,
    }),
    (needs: RuleNeeds, { text, merge, ...input }, caller) => {
      const imported = checkedRules(readRules(text), needs.ruleHouse);
      return changeRules(needs, caller, input, (now) => planImport(now, imported, merge));
    },
  ),
  'rules.undo': operation(
    'POST /rule-set/undo',
    z.strictObject({ to: id.optional(), ...options }),
    (needs: RuleNeeds, { to, ...input }, caller) =>
      changeRules(needs, caller, input, (now, tx) =>
        to === undefined ? planUndo(now, tx) : planRestore(tx, to),
      ),
  ),
  'rules.history': operation(
    'GET /rule-set/history',
    z.strictObject(page),
    async ({ store }: RuleNeeds, { limit, before }): Promise<Page<RuleVersion>> =>
      pageOf(await listVersions(store, { before, limit: limit + 1 }), limit),
  ),
};

async function current({ store, settings }: RuleNeeds): Promise<CurrentRules> {
  await refreshSettings(store, settings);
  return currentRules(store, settings);
}

async function list(needs: RuleNeeds): Promise<RuleList> {
  const { store, hits, ruleHouse, permissionCategories, now } = needs;
  const found = await current(needs);
  return {
    version: found.newest?.id ?? 0,
    origin: found.origin,
    rules: await ruleViews(found, {
      store,
      ruleHouse,
      counted: hits.waiting(),
      permissionCategories: permissionCategories(),
      now: now(),
    }),
    routes: routeViews(ruleHouse),
    undo: (await lastStanding(store)) ?? null,
  };
}

function existing(rules: readonly RuleView[], wanted: string): RuleView {
  const found = rules.find((rule) => rule.name === wanted);
  if (found !== undefined) return found;
  const names = rules.map((rule) => rule.name);
  throw new NotFoundError(`there is no rule ${JSON.stringify(wanted)}${meant(wanted, names)}`);
}

/** What a rule would have done: a new one in its place, or one of that name as it would be. */
async function tryRule(
  needs: RuleNeeds,
  rule: Record<string, unknown>,
  where: Parameters<typeof planAdd>[2],
  events: number,
): Promise<Effect & { dangers: string[] }> {
  const { ruleHouse, store } = needs;
  const now = await current(needs);
  const at = now.rules.findIndex((known) => known.name === rule['name']);
  const others = at === -1 ? now.rules : now.rules.toSpliced(at, 1);
  const isPlaced = where.before !== undefined || where.after !== undefined || where.place !== undefined;
  const named = { ...rule, name: rule['name'] ?? 'tried' };
  const planned = planAdd(
    { ...now, rules: others },
    { ...named, enabled: true },
    isPlaced || at === -1 ? where : { place: at + 1 },
  );
  const rules = checkedRules(planned.rules, ruleHouse);
  const effect = await effectOf(
    store,
    {
      before: compileRules(now.rules, ruleHouse.defaultRules),
      after: compileRules(rules, ruleHouse.defaultRules),
      name: named.name as string,
    },
    events,
  );
  const tried = rules.find((one) => one.name === named.name);
  return { ...effect, dangers: tried === undefined ? [] : dangersOf(tried) };
}

async function release(
  needs: RuleNeeds,
  rule: string,
  caller: Parameters<typeof recordAct>[1],
): Promise<number> {
  const { store, now, bus, wakeTasks } = needs;
  const released = await store.transaction(async (tx) => {
    const count = await releaseHeld(tx, rule, now());
    if (count === 0) throw new ConflictError(`no task waits for the quiet hours of the rule ${rule}`);
    await recordAct(tx, caller, {
      at: now(),
      action: 'rules.released',
      summary: `${count} task${count === 1 ? '' : 's'} held by the rule ${rule} may go on`,
    });
    return count;
  });
  wakeTasks();
  bus.emit('list.changed', { list: 'rules.list' });
  return released;
}
