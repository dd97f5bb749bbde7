import { afterEach } from 'vitest';
// Loaded first, so that its folders go last: hooks run in the reverse order of their registration.
import './temp-dir.ts';

const closers: (() => unknown)[] = [];

/** Runs `close` after the test, the last one first. */
export function closeAfterTest(close: () => unknown): void {
  closers.push(close);
}

/** Closes all that waits for the end of the test; the leak guard calls it before it looks. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

afterEach(closeAll);
