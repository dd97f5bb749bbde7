import { meant } from '../../lib/nearest-name.ts';
import { recordAct } from '../../activity/record-act.ts';
import { ConflictError, NotFoundError } from '../../lib/errors.ts';
import type { Caller } from '../../lib/operations/operation.ts';
import type { Tx } from '../../lib/store/store.ts';
import type { GoalChange, GoalInput } from '../definition.ts';
import {
  findGoal,
  findGoalByName,
  type Goal,
  goalNames,
  insertGoal,
  pauseGoal,
  updateGoal,
} from '../rows/goals.ts';
import { bringGoalBack, findRemovedGoal, findRemovedGoalByName, putGoalAway } from '../rows/removed.ts';
import { changedTerms, isRescheduled, type Maker, newTerms, termsOfGoal } from './terms.ts';

interface Act {
  caller: Caller;
  maker: Maker;
  now: Date;
}

/** Makes a goal. Rejects with a `UsageError` for what cannot be kept, a `ConflictError` where the name is taken. */
export async function addGoal(tx: Tx, input: GoalInput, { caller, maker, now }: Act): Promise<Goal> {
  const terms = newTerms(input, { maker, declaredBy: null, now });
  const goal = await insertGoal(tx, { terms, paused: false, now });
  if (goal === undefined)
    throw new ConflictError(`there is a goal ${input.name} already: change it with \`ninjad goals edit\``);
  await recordAct(tx, caller, {
    at: now,
    action: 'goal.added',
    summary: `goal ${goal.name} was added`,
    detail: { goal: goal.id, when: goal.spoken ?? goal.cron, madeBy: goal.madeBy, trust: goal.trust },
  });
  return goal;
}

/** Changes a goal; a run that is going on keeps to what it began with. Rejects as `addGoal` does, and where config.json declares it. */
export async function editGoal(
  tx: Tx,
  { id, change }: { id: number; change: GoalChange },
  { caller, maker, now }: Act,
): Promise<Goal> {
  const goal = await ownGoal(tx, id);
  const before = termsOfGoal(goal);
  const terms = changedTerms(before, change, { maker, now });
  const edited = await updateGoal(tx, { id, terms, isRescheduled: isRescheduled(before, terms), now });
  if (edited === undefined) throw noGoal(id);
  await recordAct(tx, caller, {
    at: now,
    action: 'goal.edited',
    summary: `goal ${goal.name} was changed`,
    detail: { goal: id, changed: Object.keys(change) },
  });
  return edited;
}

/**
 * Removes a goal: it is nowhere to be seen, and comes back with its history by `restoreGoal` while its row is kept. Rejects where
 * there is none, and where config.json declares it.
 */
export async function removeGoal(tx: Tx, id: number, { caller, now }: Omit<Act, 'maker'>): Promise<Goal> {
  const goal = await ownGoal(tx, id);
  await putGoalAway(tx, { id, now });
  await recordAct(tx, caller, {
    at: now,
    action: 'goal.removed',
    summary: `goal ${goal.name} was removed`,
    detail: { goal: id },
  });
  return goal;
}

/** Brings a removed goal back. Rejects where it is not kept (any more), and where its name is taken. */
export async function restoreGoal(tx: Tx, id: number, { caller, now }: Omit<Act, 'maker'>): Promise<Goal> {
  const goal = await findRemovedGoal(tx, id);
  if (goal === undefined) throw new NotFoundError(`no goal ${id} was removed within the week`);
  if ((await findGoalByName(tx, goal.name)) !== undefined)
    throw new ConflictError(`there is another goal ${goal.name} now: rename it first`);
  await bringGoalBack(tx, { id, now });
  await recordAct(tx, caller, {
    at: now,
    action: 'goal.restored',
    summary: `goal ${goal.name} is back`,
    detail: { goal: id },
  });
  return existingGoal(tx, id);
}

/** Pauses a goal or lets it go on. Rejects with `NotFoundError` where there is none. */
export async function setPaused(
  tx: Tx,
  caller: Caller,
  { id, paused, reason }: { id: number; paused: boolean; reason?: string | undefined },
  now: Date,
): Promise<Goal> {
  const goal = await pauseGoal(tx, { id, paused, reason: reason ?? 'paused by the owner', now });
  if (goal === undefined) throw noGoal(id);
  await recordAct(tx, caller, {
    at: now,
    action: paused ? 'goal.paused' : 'goal.resumed',
    summary: `goal ${goal.name} was ${paused ? 'paused' : 'resumed'}`,
    detail: { goal: id, reason: reason ?? null },
  });
  return goal;
}

/** A goal by its number. Rejects with `NotFoundError`. */
export async function existingGoal(store: Tx, id: number): Promise<Goal> {
  const goal = await findGoal(store, id);
  if (goal === undefined) throw noGoal(id);
  return goal;
}

/** A goal by its name. Rejects with a `NotFoundError` that names the nearest. */
export async function namedGoal(store: Tx, name: string): Promise<Goal> {
  const goal = await findGoalByName(store, name.trim());
  if (goal !== undefined) return goal;
  const names = await goalNames(store);
  const hint = names.length === 0 ? ': there is none yet' : meant(name, names);
  throw new NotFoundError(`there is no goal ${name}${hint}`);
}

/** The goal that was removed last of those with this name. Rejects with a `NotFoundError`. */
export async function removedGoal(store: Tx, name: string): Promise<Goal> {
  const goal = await findRemovedGoalByName(store, name.trim());
  if (goal === undefined) throw new NotFoundError(`no goal ${name} was removed within the week`);
  return goal;
}

async function ownGoal(tx: Tx, id: number): Promise<Goal> {
  const goal = await existingGoal(tx, id);
  if (goal.declaredBy !== null)
    throw new ConflictError(
      `the goal ${goal.name} is declared in config.json: change it there and start the daemon again`,
    );
  return goal;
}

function noGoal(id: number): NotFoundError {
  return new NotFoundError(`there is no goal ${id}`);
}
