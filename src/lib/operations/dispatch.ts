import type { z } from 'zod';
import { UnavailableError, UsageError } from '../errors.ts';
import { answerOf } from './answer.ts';
import { refuseUnstorable } from './refuse-unstorable.ts';
import type { Caller, NeedsOf, OperationTable } from './operation.ts';

/** The acknowledgement of everything that a face asks for. */
export type Answer<Data> = { ok: true; data: Data } | { ok: false; error: { code: string; message: string } };

/** An answer with the HTTP status that fits it. */
export interface Dispatched {
  status: number;
  answer: Answer<unknown>;
}

/** Carries out one operation on an input of any shape. Never rejects. */
export type Dispatch = (name: string, input: unknown, caller: Caller) => Promise<Dispatched>;

/**
 * Serves a table of operations. What is no error of ours is reported to `onUnexpected`: it is a bug, or the disk is full.
 */
export function createDispatch<Table extends OperationTable>(
  table: Table,
  needs: NeedsOf<Table>,
  onUnexpected: (thrown: unknown, name: string) => void,
): Dispatch {
  return async (name, input, caller) => {
    try {
      const data = await carryOut(table, needs, { name, input, caller });
      return { status: 200, answer: { ok: true, data } };
    } catch (thrown) {
      const { status, error } = answerOf(thrown);
      if (error.code === 'INTERNAL') onUnexpected(thrown, name);
      return { status, answer: { ok: false, error } };
    }
  };
}

async function carryOut(
  table: OperationTable,
  needs: unknown,
  { name, input, caller }: { name: string; input: unknown; caller: Caller },
): Promise<unknown> {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found === undefined || found.faces?.includes(caller.by) === false)
    throw new UnavailableError(`there is no operation ${JSON.stringify(name)}`);
  refuseUnstorable(input);
  return await found.handle(needs as never, readRequest(found.input, input ?? {}), caller);
}

/** The part of a request as its schema gives it, or a `UsageError` that names the field. */
export function readRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    [path.join('.'), message].filter(Boolean).join(': '),
  );
  throw new UsageError(problems.join('; '));
}
