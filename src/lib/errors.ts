/** Every error that ninjad raises on purpose: a stable `code` for programs, one sentence for people. */
export class NinjadError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A command line, setting or request that cannot be used as given. The CLI exits 2. */
export class UsageError extends NinjadError {
  constructor(message: string, options?: ErrorOptions) {
    super('USAGE', message, options);
  }
}

/** Postgres cannot be reached at the moment; the caller holds its work and tries again when it is back. */
export class StoreAwayError extends NinjadError {
  constructor(message: string, options?: ErrorOptions) {
    super('STORE_AWAY', message, options);
  }
}

/** The model cannot be asked at the moment; whoever can do without goes on without. */
export class InferenceAwayError extends NinjadError {
  constructor(message: string, options?: ErrorOptions) {
    super('INFERENCE_AWAY', message, options);
  }
}

/** So much waits for the models already that this request was not taken. */
export class InferenceBusyError extends NinjadError {
  constructor(message: string, options?: ErrorOptions) {
    super('INFERENCE_BUSY', message, options);
  }
}

/** The models took too long over a request. */
export class InferenceDeadlineError extends NinjadError {
  constructor(message: string, options?: ErrorOptions) {
    super('INFERENCE_DEADLINE', message, options);
  }
}

/** The text of anything thrown, for a message or a log line. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
