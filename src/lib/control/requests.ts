import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { agentToolNames } from '../mcp/tools.ts';
import { costGroupings } from '../store/tasks/cost-report.ts';

const limit = z.coerce.number().int().min(1).max(1000).default(50);
const name = z.string().min(1).max(64).optional();
const text = z
  .string()
  .min(1)
  .max(1024 * 1024);

/** The states of a task row. */
export const taskStates = ['queued', 'running', 'done', 'failed', 'cancelled', 'dead'] as const;

/** The statuses of an event row. */
export const eventStatuses = ['task', 'done', 'dropped', 'failed', 'dead'] as const;

/** What `GET /v1/tasks` takes. */
export const taskQuery = z.strictObject({
  state: z.enum(taskStates).optional(),
  limit,
});
export type TaskQuery = z.output<typeof taskQuery>;

/** What `GET /v1/events` takes. */
export const eventQuery = z.strictObject({
  status: z.enum(eventStatuses).optional(),
  source: name,
  category: name,
  limit,
});
export type EventQuery = z.output<typeof eventQuery>;

/** What `GET /v1/cost` takes. */
export const costQuery = z.strictObject({
  by: z.enum(costGroupings).default('day'),
  days: z.coerce.number().int().min(1).max(366).default(30),
});
export type CostQuery = z.output<typeof costQuery>;

/** What `GET /v1/notices` takes. */
export const noticeQuery = z.strictObject({ unseen: z.stringbool().default(true), limit });
export type NoticeQuery = z.output<typeof noticeQuery>;

const id = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
/** What `POST /v1/notices/seen` takes: some notices, or all up to one, so that what comes meanwhile is not seen. */
export const noticesSeenBody = z.union([
  z.strictObject({ ids: z.array(id).min(1).max(200) }),
  z.strictObject({ until: id }),
]);
export type NoticesSeen = z.output<typeof noticesSeenBody>;

/** The id of a task in a path. */
export const taskId = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'expected the number of a task')
  .transform(Number);

/** The key of a watched event in a path. */
export const watchKey = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,128}$/, 'expected up to 128 letters, digits and ._:-');

/** Who an agent's MCP server is: the token of a run, or the session that it got for it. */
const secret = z.string().min(1).max(128);
export const agentOpenBody = z.strictObject({ token: secret });
export const agentCallBody = z.strictObject({
  session: secret,
  tool: z.enum(agentToolNames),
  input: z.unknown(),
});

export const linkBody = z.strictObject({ renew: z.boolean().default(false) });
export const steerBody = z.strictObject({ text });
export const explainBody = z.strictObject({ line: text });
export const sqlBody = z.strictObject({ text });
export const settingBody = z.strictObject({ value: z.unknown() });

/** The part of a request as its schema gives it, or a `UsageError` that names the field. */
export function readRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    [path.join('.'), message].filter(Boolean).join(': '),
  );
  throw new UsageError(problems.join('; '));
}
