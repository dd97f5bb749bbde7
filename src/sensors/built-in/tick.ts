import { z } from 'zod';
import { HOUR, SECOND } from '../../lib/time.ts';
import { sensorKind } from '../look.ts';

const settings = z.strictObject({
  text: z.string().min(1).max(1000).default('tick'),
  /** The category of its events: a rule leads it to what should happen. */
  category: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'expected a category such as heartbeat')
    .default('heartbeat'),
});

/** An event at each instant, whatever happens: a sign of life, or something for a rule to take. */
export const tick = sensorKind({
  kind: 'tick',
  says: 'an event at each instant, as a sign of life',
  everyMs: HOUR,
  timeoutMs: 10 * SECOND,
  settings,
  look: ({ text, category }: z.output<typeof settings>) =>
    Promise.resolve({ findings: [], news: [{ subject: '', text, category, priority: 'IDLE' as const }] }),
});
