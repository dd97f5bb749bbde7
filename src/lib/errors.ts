/** Every error that ninjad raises on purpose: a stable `code` for programs, one sentence for people. */
export class NinjadError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The base of an error class that always carries `code`: `class UsageError extends coded('USAGE') {}`. */
export function coded(code: string) {
  return class extends NinjadError {
    constructor(message: string, options?: ErrorOptions) {
      super(code, message, options);
    }
  };
}

/** A command line, setting or request that cannot be used as given. The CLI exits 2. */
export class UsageError extends coded('USAGE') {}

/** Postgres cannot be reached at the moment, or takes nothing; the caller holds its work and tries again when it is back. */
export class StoreAwayError extends coded('STORE_AWAY') {
  /** True where Postgres answers and refuses, such as a server that is read-only or full. */
  readonly refused: boolean;

  constructor(message: string, { refused = false, ...options }: ErrorOptions & { refused?: boolean } = {}) {
    super(message, options);
    this.refused = refused;
  }
}

/** The thing that a request names does not exist. */
export class NotFoundError extends coded('NOT_FOUND') {}

/** The request is well-formed and does not fit the state of things, such as cancelling a task that has ended. */
export class ConflictError extends coded('CONFLICT') {}

/** A part of the daemon that is not there or not running. */
export class UnavailableError extends coded('UNAVAILABLE') {}

/** The model cannot be asked at the moment; a caller that can do without it goes on. */
export class InferenceAwayError extends coded('INFERENCE_AWAY') {}

/** Too much waits for the models already, so this request was not taken. */
export class InferenceBusyError extends coded('INFERENCE_BUSY') {}

/** The models took too long over a request. */
export class InferenceDeadlineError extends coded('INFERENCE_DEADLINE') {}

/** The text of anything thrown, for a message or a log line. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
