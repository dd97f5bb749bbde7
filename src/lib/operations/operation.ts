import type { z } from 'zod';
import type { Json } from './json.ts';

/** The face that a request came in by. */
export type Face = (typeof faces)[number];

/** A browser of the owner; a script with their token; the command line; their DMs. */
export const faces = ['dashboard', 'api', 'cli', 'discord'] as const;

/** Who asks. The owner stands behind every face; `by` says which one they used. */
export interface Caller {
  by: Face;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One thing that a face may ask for. `Needs` is the part of the daemon's services that its handler uses; the answer is what
 * the handler returns, as JSON.
 */
export interface Operation<Input extends z.ZodType = z.ZodType, Answer = unknown, Needs = never> {
  method: Method;
  /** An Express path below `/api`, whose parameters, query and body are the fields of the input. */
  path: string;
  input: Input;
  /** Only these faces may ask; all may where it is left out. */
  faces?: readonly Face[];
  /** Says why an act leaves no line in the activity log. */
  unrecorded?: string;
  /** May reject with any `NinjadError`. */
  handle: (needs: Needs, input: z.output<Input>, caller: Caller) => Promise<Answer> | Answer;
}

/** Operations by name, such as `wishes.list`. */
export type OperationTable = Readonly<Record<string, Operation>>;

/**
 * Declares an operation.
 * @example operation('GET /wishes', wishesInput, ({ store }: { store: Store }, query) => listWishes(store, query))
 */
export function operation<Input extends z.ZodType, Answer, Needs>(
  place: `${Method} /${string}`,
  input: Input,
  handle: Operation<Input, Answer, Needs>['handle'],
  options: Pick<Operation, 'faces' | 'unrecorded'> = {},
): Operation<Input, Answer, Needs> {
  const [method, path] = place.split(' ') as [Method, string];
  return { method, path, input, handle, ...options };
}

/** What all handlers of a table need together. */
export type NeedsOf<Table extends OperationTable> = Intersection<
  { [Name in keyof Table]: Parameters<Table[Name]['handle']>[0] }[keyof Table]
>;

/** The input of an operation as its handler gets it: checked, with its defaults. */
export type InputOf<Table extends OperationTable, Name extends keyof Table> = z.output<Table[Name]['input']>;

/** The input of an operation as a face sends it. */
export type RequestOf<Table extends OperationTable, Name extends keyof Table> = z.input<Table[Name]['input']>;

/** The answer of an operation as a face gets it. */
export type AnswerOf<Table extends OperationTable, Name extends keyof Table> = Json<
  Awaited<ReturnType<Table[Name]['handle']>>
>;

type Intersection<Union> = (Union extends unknown ? (given: Union) => void : never) extends (
  given: infer All,
) => void
  ? All
  : never;
