import type { ChildReady } from '../supervisor/protocol.ts';

/** The word to the supervisor that this child is up: `sendParent(childReady)`. */
export function childReady({ self }: { self: { id: string } }): ChildReady {
  return { type: 'child.ready', id: self.id };
}
