import { z } from 'zod';
import { isOwnerSource } from '../../lib/wire/parse-line.ts';
import { selfSource } from '../../lib/wire/standing.ts';
import { timeLimit } from '../period.ts';
import { scheduleFields } from '../schedule.ts';

const wireName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'expected up to 64 letters, digits and ._:-');

const source = wireName.refine(
  (name) => !isOwnerSource(name) && name.split(':')[0]?.toLowerCase() !== selfSource,
  'a sensor cannot speak as you',
);

/** What `NAME.json` beside a sensor of the owner may say. */
export const sidecarSchema = z.strictObject({
  ...scheduleFields,
  timeout: timeLimit.optional(),
  /** It has nothing to say for long times, which is no trouble. */
  quiet: z.boolean().optional(),
  /** Priority and category of lines that are plain text. */
  priority: z.enum(['URGENT', 'HIGH', 'NORMAL', 'LOW', 'IDLE']).optional(),
  category: wireName.optional(),
  /** Sources that its wire lines may name besides its own. */
  sources: z.array(source).max(50).optional(),
  args: z.array(z.string().max(4096)).max(50).optional(),
});

export type Sidecar = z.output<typeof sidecarSchema>;

/** Reads a sidecar, or says what is wrong with it. */
export function readSidecar(text: string): Sidecar | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { problem: 'it is not JSON' };
  }
  const read = sidecarSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return {
    problem: `${issue?.path.join('.') ?? ''}${issue?.path.length ? ': ' : ''}${issue?.message ?? 'not good'}`,
  };
}
