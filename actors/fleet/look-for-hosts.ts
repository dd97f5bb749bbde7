import { fromPromise } from 'xstate';
import type { FleetLookRequest, FleetLookResult } from '../../machines/fleet/protocol.ts';
import type { Declaring } from '../../src/activity/declared.ts';
import type { FleetService } from '../../src/fleet/service.ts';

export interface LookForHostsDeps {
  service: Pick<FleetService, 'declare' | 'claim'>;
  /** Told once a start what config.json has changed. */
  onDeclared: (done: Declaring) => void;
}

/** Where there is no room, whoever ends a poll asks again; this is for one that ended while the rows were looked at. */
const noRoomRestMs = 1_000;

/** Takes hosts that are due; before the first time it makes the rows say what config.json says. */
export function createLookForHosts({ service, onDeclared }: LookForHostsDeps) {
  let isDeclared = false;
  return fromPromise<FleetLookResult, FleetLookRequest>(async ({ input: { room, busy } }) => {
    if (!isDeclared) {
      onDeclared(await service.declare());
      isDeclared = true;
    }
    if (room === 0) return { due: [], restMs: noRoomRestMs };
    const { due, restMs } = await service.claim(room, busy);
    return { due, restMs: due.length === room ? noRoomRestMs : restMs };
  });
}
