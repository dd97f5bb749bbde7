import type { JobKind } from '../schedule/job.ts';
import type { Room } from './room.ts';

/** A kind of jobs that can wait: its fires are skipped while the disk is nearly full. */
export function whileRoom(kind: JobKind, room: Pick<Room, 'mayWork'>): JobKind {
  return {
    ...kind,
    run: (fire, signal) =>
      room.mayWork() || fire.byHand
        ? kind.run(fire, signal)
        : Promise.resolve({ state: 'skipped', reason: 'the disk of the home is nearly full' }),
  };
}
