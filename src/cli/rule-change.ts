import { createInterface } from 'node:readline/promises';
import { NinjadError } from '../lib/errors.ts';
import type { Answers } from '../operations.ts';
import { printJson, printLines } from './print.ts';
import type { ChangeOptions } from './rule-options.ts';
import { changeLines } from './rules-print.ts';

type RuleChange = Answers['rule.add'];
type How = { dryRun: boolean; sure: boolean };

/** Makes a change; where it has to be confirmed, a terminal is asked, and everybody else needs `--yes`. */
export async function confirmed(
  { dryRun, yes }: ChangeOptions,
  change: (how: How) => Promise<RuleChange>,
): Promise<RuleChange> {
  const how = { dryRun: dryRun === true, sure: yes === true };
  try {
    return await change(how);
  } catch (thrown) {
    const needsWord = thrown instanceof NinjadError && thrown.code === 'CONFIRM';
    if (!needsWord || !isTerminal() || !(await agrees(thrown.message))) throw thrown;
    return change({ ...how, sure: true });
  }
}

/** Asks on the terminal; true for a yes. */
export async function agrees(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question}\nDo it? [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** True where somebody can be asked. */
export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** Prints what a change did. */
export function report(change: RuleChange, { json }: ChangeOptions): void {
  if (json === true) printJson(change);
  else printLines(changeLines(change));
}
