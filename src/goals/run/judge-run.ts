import { durationText } from '../../lib/duration-text.ts';
import type { Store } from '../../lib/store/store.ts';
import type { EventProgress } from '../rows/event-end.ts';
import { changeRun, type GoalRun, type RunTerms } from '../rows/runs.ts';
import { type CommandDeps, runDoneCheck } from './command.ts';
import { misfitOf } from './done-schema.ts';
import { patiently } from './patiently.ts';
import { readReply } from './result.ts';
import type { Verdict } from './settle.ts';

/** The end of a run's event. */
export interface SeenEnd extends EventProgress {
  /** It was ended since it took longer than the goal allows. */
  isLate: boolean;
}

/** An answer that is to be asked for once more. */
export interface AskAgain {
  again: NonNullable<RunTerms['again']>;
}

const maxAnswerChars = 20_000;

/**
 * What came of a run whose event has ended, by its done-check where it has one. No agent is held to a JSON schema by its CLI: an
 * answer that does not fit is asked for once more.
 */
export async function judgeRun(
  { store, commands }: { store: Store; commands: CommandDeps },
  run: GoalRun,
  seen: SeenEnd,
  signal: AbortSignal,
): Promise<Verdict | AskAgain> {
  const { terms, fireId } = run;
  if (seen.taskState === 'cancelled' && !seen.isLate)
    return { state: 'cancelled', execution: 'cancelled', reason: 'its task was cancelled' };
  const isCarriedOut =
    seen.status === 'done' || (terms.prompt === null && seen.status !== 'failed' && seen.status !== 'dead');
  const execution = isCarriedOut ? 'done' : 'failed';
  const failure = isCarriedOut ? undefined : failureOf(seen, terms.timeoutMs);
  const { result, value } = readReply(seen.reply ?? '');
  const told = terms.prompt !== null && isCarriedOut ? { result } : {};
  await patiently(() => changeRun(store, fireId, { phase: 'check', execution, ...told }), signal);
  if (terms.doneCheck === null && terms.doneSchema === null)
    return { state: isCarriedOut ? 'done' : 'failed', execution, reason: failure, ...told };
  if (terms.doneSchema !== null) {
    const misfit = value === undefined ? 'the answer has no JSON object' : misfitOf(terms.doneSchema, value);
    if (misfit !== undefined && isCarriedOut && terms.again === undefined)
      return { again: { answer: (seen.reply ?? '').slice(0, maxAnswerChars), misfit } };
    return checked(misfit, { execution, failure, ...told });
  }
  const input = JSON.stringify({
    goal: terms.name,
    execution,
    reply: seen.reply,
    result: isCarriedOut ? result : null,
    reason: failure ?? null,
  });
  const command = { command: terms.doneCheck ?? '', goal: terms.name, input, timeoutMs: terms.timeoutMs };
  const end = await runDoneCheck(commands, command, signal);
  const said = end.lastWords === '' ? '' : `: ${end.lastWords.split('\n').at(-1) ?? ''}`;
  const misfit = end.problem ?? (end.code === 0 ? undefined : `it ended with status ${end.code}${said}`);
  return checked(misfit, {
    execution,
    failure,
    output: end.lastWords === '' ? null : end.lastWords,
    ...told,
  });
}

/** The done-check decides, whatever the agent says of itself. */
function checked(
  misfit: string | undefined,
  { failure, ...rest }: Pick<Verdict, 'execution' | 'output' | 'result'> & { failure: string | undefined },
): Verdict {
  if (misfit === undefined) {
    const reason = failure === undefined ? undefined : `the done-check passed, though ${failure}`;
    return { ...rest, state: 'done', doneCheck: 'passed', reason };
  }
  const also = failure === undefined ? '' : `; ${failure}`;
  return { ...rest, state: 'failed', doneCheck: 'failed', reason: `the done-check failed: ${misfit}${also}` };
}

function failureOf({ status, reason, rule, isLate }: SeenEnd, timeoutMs: number): string {
  if (isLate) return `it took longer than ${durationText(timeoutMs)}`;
  if (status === 'dropped') return reason ?? `its event was dropped by the rule ${rule}`;
  return reason ?? `its task ended as ${status}`;
}
