/** A message of `GET /v1/inspect`: an inspection event in Stately's form, or how many were left out. */
export type InspectionMessage =
  { type: `@xstate.${string}`; [field: string]: unknown } | { type: 'omitted'; count: number };

/** One onlooker's view into the actors. */
export interface Inspection {
  /** What happened since the last take; with the first one, every actor as it is. */
  take: () => InspectionMessage[];
  close: () => void;
}

/** Lets somebody watch the actors; `pending` is called when there is something to take. Rejects with a `ConflictError` past the bound. */
export type OpenInspection = (pending: () => void) => Promise<Inspection>;
