import { messageOf, NinjadError } from '../lib/errors.ts';
import { type CheckResult, fail, type NamedResult, warn } from '../lib/doctor/check-result.ts';
import type { Check, Checks } from '../lib/doctor/subject.ts';

const checkMs = 30_000;

/** Runs every check; one that fails itself, or hangs, is a result too. In the order of the report. */
export async function examine<Needs>(subject: Needs, checks: Checks<Needs>): Promise<NamedResult[]> {
  return await Promise.all(
    Object.entries(checks).map(async ([check, look]) => ({ check, ...(await lookInTime(look, subject)) })),
  );
}

async function lookInTime<Needs>(look: Check<Needs>, subject: Needs): Promise<CheckResult> {
  try {
    return await inTime(
      Promise.resolve().then(() => look(subject)),
      checkMs,
    );
  } catch (thrown) {
    if (thrown instanceof NinjadError && thrown.code === 'STORE_AWAY')
      return warn(`not known: ${thrown.message}`, 'a database that is ready', 'see what database says');
    return fail(
      `it could not be examined: ${messageOf(thrown)}`,
      'a check that runs',
      'this may be a bug of ninjad',
    );
  }
}

/** The promise's value, or a rejection after `ms` milliseconds. */
async function inTime<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
