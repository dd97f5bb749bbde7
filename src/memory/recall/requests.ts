import { z } from 'zod';
import { memoryKinds } from '../kinds.ts';
import type { RecallReport } from './report.ts';
import { trusts } from '../../lib/wire/trust.ts';

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** What `POST /v1/recall` takes. */
export const recallBody = z.strictObject({
  text: z
    .string()
    .min(1)
    .max(1024 * 1024),
  limit: z.int().min(1).max(50).default(8),
  budgetTokens: z.int().min(1).max(100_000).default(4_000),
  kinds: z.array(z.enum(memoryKinds)).min(1).optional(),
  trusts: z.array(z.enum(trusts)).min(1).optional(),
  sources: z.array(z.string().min(1).max(64)).min(1).max(50).optional(),
  since: time.optional(),
  until: time.optional(),
});
export type RecallBody = z.output<typeof recallBody>;

/** A report as it travels: its dates are ISO 8601. */
export type RecallAnswer = Omit<RecallReport, 'memories'> & {
  memories: (Omit<RecallReport['memories'][number], 'createdAt'> & { createdAt: string })[];
};

/** The same recall as a query of `Recaller`. */
export function recallQuery(body: RecallBody, signal: AbortSignal) {
  const { text, limit, budgetTokens, kinds, trusts, sources, since, until } = body;
  const filter = {
    ...(kinds && { kinds }),
    ...(trusts && { trusts }),
    ...(sources && { sources }),
    ...(since && { since }),
    ...(until && { until }),
  };
  return { text, limit, budgetTokens, filter, signal };
}
