import { z } from 'zod';
import { messageOf, UsageError } from '../../lib/errors.ts';

/** Reads a JSON schema. Throws a `UsageError` for what is none. */
export function readDoneSchema(schema: unknown): z.ZodType {
  try {
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (thrown) {
    throw new UsageError(`the done-check is no JSON schema: ${messageOf(thrown).slice(0, 300)}`, {
      cause: thrown,
    });
  }
}

/** Why a value does not fit a JSON schema, in a sentence; undefined where it does. */
export function misfitOf(schema: unknown, value: unknown): string | undefined {
  const parsed = readDoneSchema(schema).safeParse(value);
  if (parsed.success) return undefined;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  return problems.join('; ').slice(0, 500);
}
