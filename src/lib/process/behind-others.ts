import { constants, setPriority } from 'node:os';

/** Lets this process, and what it starts from now on, run behind others, as a copy of everything may while the daemon answers people. */
export function behindOthers(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // One that was started further behind already may not come forward.
  }
}
