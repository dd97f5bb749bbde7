import { messageOf } from '../errors.ts';

const deadlineMs = 5_000;

/**
 * Reason why a model cannot be downloaded from a hub at the moment, in words, or undefined where it can. Asks for 5 s
 * at most.
 */
export async function hubProblem(
  hub: string,
  model: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const url = `${hub.replace(/\/$/, '')}/${model}/resolve/main/config.json`;
  try {
    const answer = await fetch(url, {
      method: 'HEAD',
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
    });
    return answer.ok ? undefined : `${hub} answers ${answer.status} for it`;
  } catch (thrown) {
    signal.throwIfAborted();
    return `${hub} cannot be reached (${causeOf(thrown)})`;
  }
}

/** fetch hides the real failure one level below. */
function causeOf(thrown: unknown): string {
  const cause = (thrown as { cause?: { code?: unknown } } | undefined)?.cause;
  return typeof cause?.code === 'string' ? cause.code : messageOf(thrown);
}
