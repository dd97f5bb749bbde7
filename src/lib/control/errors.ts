import { NinjadError } from '../errors.ts';

/** What a request names does not exist. */
export class NotFoundError extends NinjadError {
  constructor(message: string, options?: ErrorOptions) {
    super('NOT_FOUND', message, options);
  }
}

/** The request is well-formed and does not fit the state of things, such as cancelling a task that has ended. */
export class ConflictError extends NinjadError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONFLICT', message, options);
  }
}
