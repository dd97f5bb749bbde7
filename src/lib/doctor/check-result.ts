/** Outcome of one check. */
export interface CheckResult {
  /** `fail`: it does not work until somebody does something. `warn`: it works, and the owner should know. */
  verdict: 'ok' | 'warn' | 'fail';
  /** What is there, in a few words for people. */
  found: string;
  /** What should be there; with `warn` and `fail`. */
  expected?: string;
  /** What to do about it. */
  advice?: string;
}

/** A result under the name of its check. */
export interface NamedResult extends CheckResult {
  check: string;
}

/** All is as it should be. */
export function ok(found: string): CheckResult {
  return { verdict: 'ok', found };
}

/** It works, and could be better. */
export function warn(found: string, expected: string, advice: string): CheckResult {
  return { verdict: 'warn', found, expected, advice };
}

/** It does not work. */
export function fail(found: string, expected: string, advice: string): CheckResult {
  return { verdict: 'fail', found, expected, advice };
}
