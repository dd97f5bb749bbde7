import { z } from 'zod';

/** What judging remembers of a host between two polls; it stands in the host's row. */
const schema = z.object({
  /** Polls in a row that failed, and since when. */
  failures: z.int().min(0).default(0),
  failingSince: z.string().nullable().default(null),
  /** When it had failed often enough to be down; it is blamed once its parent has answered after that. */
  brinkAt: z.string().nullable().default(null),
  /** Its parent was down: what failed then says nothing about the host itself. */
  behindParent: z.boolean().default(false),
  /** Polls in a row that were answered. */
  successes: z.int().min(0).default(0),
  /** Why the last poll failed. */
  why: z.string().nullable().default(null),
  bootId: z.string().nullable().default(null),
  uptimeSeconds: z.number().nullable().default(null),
  /** Load of a core and share of the memory lately: epoch milliseconds, load, memory. */
  samples: z.array(z.tuple([z.number(), z.number().nullable(), z.number().nullable()])).default([]),
  /** Troubles by their key, and for how many polls in a row each was seen or was away. */
  troubles: z
    .record(z.string(), z.object({ text: z.string(), held: z.boolean(), polls: z.int() }))
    .default({}),
  /** What the owner was told of its state. */
  told: z.enum(['up', 'degraded', 'down', 'flapping']).default('up'),
  /** Troubles that were told while it is degraded. */
  toldTroubles: z.array(z.string()).default([]),
  /** Changes between up and down lately, epoch milliseconds. */
  changes: z.array(z.number()).default([]),
  flapping: z.boolean().default(false),
  /** Disks that are going to be full: when, and whether that was told. By mount. */
  filling: z.record(z.string(), z.object({ fullAt: z.string(), told: z.boolean() })).default({}),
  /** Thresholds that were told of each certificate, by `name` and end. */
  certificates: z
    .record(z.string(), z.object({ endsAt: z.string(), told: z.array(z.number()), seenAt: z.number() }))
    .default({}),
});
export type HostMemory = z.output<typeof schema>;

/** Nothing is known yet. */
export const freshMemory: HostMemory = schema.parse({});

/** Reads what stands in a row; what cannot be read is forgotten. */
export function memoryOf(given: unknown): HostMemory {
  const read = schema.safeParse(given);
  return read.success ? read.data : freshMemory;
}
