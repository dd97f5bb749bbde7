import { z } from 'zod';

/** A topic that a page can follow; see `protocol.ts`. */
export const topic = z.union([
  z.enum(['now', 'events', 'tasks', 'chat', 'tree', 'lists']),
  z.custom<`task:${number}`>(
    (given) => /^task:[1-9]\d{0,14}$/.test(String(given)),
    'expected a topic, such as now or task:42',
  ),
]);
export type Topic = z.output<typeof topic>;
export const topicInput = z.strictObject({ topic });
