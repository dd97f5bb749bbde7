import { setTimeout as delay } from 'node:timers/promises';
import type { Ask } from '../lib/operations/ask.ts';
import { SECOND } from '../lib/time.ts';
import type { memoryOperations } from '../memory/operations.ts';
import type { Progress } from './progress.ts';

const lookEveryMs = 200;
/** Without any progress so long, the rest is left out and named. */
const stuckMs = 30 * SECOND;

/**
 * Waits until what was noted has become memories, of which alone exports know. Resolves to how many still wait after a while in
 * which none became one.
 */
export async function untilKept(
  ask: Ask<Pick<typeof memoryOperations, 'memories.waiting'>>,
  { show }: Pick<Progress, 'show'>,
  { stuckAfterMs = stuckMs } = {},
): Promise<number> {
  let least = Infinity;
  let movedAt = performance.now();
  for (;;) {
    const { waiting } = await ask('memories.waiting', {});
    if (waiting === 0) return 0;
    if (waiting < least) [least, movedAt] = [waiting, performance.now()];
    if (performance.now() - movedAt >= stuckAfterMs) return waiting;
    show('memories that are still prepared', waiting);
    await delay(lookEveryMs);
  }
}

/** Says on stderr how many memories are still prepared, where there are some. */
export async function tellWaiting(
  ask: Ask<Pick<typeof memoryOperations, 'memories.waiting'>>,
): Promise<void> {
  const { waiting } = await ask('memories.waiting', {});
  if (waiting > 0)
    process.stderr.write(
      `${waiting.toLocaleString('en')} memories are still prepared, and are found once they are: ninjad status says how far it is\n`,
    );
}
