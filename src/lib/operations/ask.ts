import type { AnswerOf, OperationTable, RequestOf } from './operation.ts';

/** Asks a daemon elsewhere for an operation of a table; rejects with a `NinjadError` that carries its code and sentence. */
export type Ask<Table extends OperationTable> = <Name extends keyof Table & string>(
  name: Name,
  input: RequestOf<Table, Name>,
) => Promise<AnswerOf<Table, Name>>;
