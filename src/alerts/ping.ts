import { messageOf } from '../lib/errors.ts';
import type { Tx } from '../lib/store/store.ts';

/** What has to be well for the ping to be sent. */
export interface Vitals {
  /** The event loop is not late by a second. */
  isLoopWell: () => boolean;
  /** The journal takes lines; undefined, or why not. */
  journalProblem: () => Promise<string | undefined>;
  store: Tx;
}

const answerMs = 5_000;
const pingMs = 10_000;

/** Why the ping is withheld; undefined where all is well. */
export async function whyUnwell({ isLoopWell, journalProblem, store }: Vitals): Promise<string | undefined> {
  if (!isLoopWell()) return 'the event loop is late';
  const problem = await journalProblem();
  if (problem !== undefined) return `the journal: ${problem}`;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`the database did not answer within ${answerMs / 1000} s`), answerMs);
  });
  const asked = store.query({ name: 'alarm-vital', text: 'SELECT 1' }).then(
    () => undefined,
    (thrown: unknown) => `the database: ${messageOf(thrown)}`,
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/** Asks the address of whoever watches this daemon. Resolves to undefined, or why it did not work, without the address. */
export async function pingOut(url: string, signal?: AbortSignal): Promise<string | undefined> {
  const late = AbortSignal.timeout(pingMs);
  try {
    const answer = await fetch(url, {
      headers: { 'user-agent': 'ninjad' },
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    });
    await answer.body?.cancel();
    return answer.ok ? undefined : `the address of alarm.pingUrl answered ${answer.status}`;
  } catch (thrown) {
    return `the address of alarm.pingUrl could not be reached: ${messageOf(thrown).replaceAll(url, 'it')}`;
  }
}
