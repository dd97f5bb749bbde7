import { ConflictError, NotFoundError } from '../lib/errors.ts';
import type { Tx } from '../lib/store/store.ts';
import { isDeepStrictEqual } from 'node:util';
import type { RulePlan } from './change.ts';
import type { CurrentRules } from './current.ts';
import { findVersion, lastStanding, versionBefore } from './rows/versions.ts';

/** Takes the last change back that stands: once more takes back the one before it. */
export async function planUndo(current: CurrentRules, tx: Tx): Promise<RulePlan> {
  const { newest, rules } = current;
  if (newest !== undefined && !isDeepStrictEqual(newest.rules, rules))
    throw new ConflictError(
      'the rules were changed another way since, such as in config.json: there is nothing of these to undo. ' +
        '`ninjad rules history` has what they were, and `ninjad rules undo --to VERSION` brings one back',
    );
  const last = await lastStanding(tx);
  const before = last && (await versionBefore(tx, last.id));
  if (last === undefined || before === undefined)
    throw new ConflictError('there is no change of the rules to undo');
  return {
    rules: before.rules,
    ...{ action: 'undone', summary: `undone: ${last.summary}` },
    undoes: { id: last.id, origin: before.origin },
  };
}

/** Brings the rules of an earlier version back; a change like any other, which can be undone. */
export async function planRestore(tx: Tx, id: number): Promise<RulePlan> {
  const version = await findVersion(tx, id);
  if (version === undefined)
    throw new NotFoundError(`there is no version ${id} of the rules: \`ninjad rules history\` lists them`);
  return { rules: version.rules, action: 'restored', summary: `the rules are those of version ${id} again` };
}
