import { answerOf } from '../control/answer.ts';
import { readRequest } from '../control/requests.ts';
import { NinjadError } from '../errors.ts';
import type { Answer, Answers } from './protocol.ts';
import { type InputOf, type OperationName, operations } from './protocol/operations.ts';

/** Who asks, for the audit trail: the owner in a browser, or a script of theirs with the token. */
export interface Caller {
  by: 'dashboard' | 'api';
}

/** What does the work of each operation; it may reject with any `NinjadError`. */
export type Handlers = {
  [Name in OperationName]: (input: InputOf<Name>, caller: Caller) => Promise<Answers[Name]> | Answers[Name];
};

/** An answer with the HTTP status that fits it. */
export interface Dispatched {
  status: number;
  answer: Answer<unknown>;
}

/** Carries out one operation on an input of any shape. Never rejects. */
export type Dispatch = (name: string, input: unknown, caller: Caller) => Promise<Dispatched>;

/** A part of the daemon that is not there or not running. */
export class UnavailableError extends NinjadError {
  constructor(message: string, options?: ErrorOptions) {
    super('UNAVAILABLE', message, options);
  }
}

/** See `Dispatch`. What is no error of ours is reported to `onUnexpected`: it is a bug, or the disk is full. */
export function createDispatch(
  handlers: Handlers,
  onUnexpected: (thrown: unknown, name: string) => void,
): Dispatch {
  return async (name, input, caller) => {
    try {
      return { status: 200, answer: { ok: true, data: await carryOut(handlers, name, input, caller) } };
    } catch (thrown) {
      const { status, error } = answerOf(thrown);
      if (error.code === 'INTERNAL') onUnexpected(thrown, name);
      return { status, answer: { ok: false, error } };
    }
  };
}

async function carryOut(handlers: Handlers, name: string, input: unknown, caller: Caller): Promise<unknown> {
  if (!isOperation(name)) throw new UnavailableError(`there is no operation ${JSON.stringify(name)}`);
  const handle = handlers[name] as (input: unknown, caller: Caller) => unknown;
  return await handle(readRequest(operations[name].input, input ?? {}), caller);
}

function isOperation(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}
