import { vi } from 'vitest';

/** A busy machine may keep a process or a thread waiting for seconds; what never comes fails all the same. */
const withinMs = 20_000;

/** Waits until a check passes, and resolves to what it returns; rejects with its last failure. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: withinMs });
}
