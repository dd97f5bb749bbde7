import { describe, expect, it } from 'vitest';
import { until } from '../helpers/daemon.ts';
import { standbyCounts, standbysOf, untilStandby, untilStanding } from '../helpers/standby.ts';
import { survivorsOf } from '../helpers/survivors.ts';
import { setSetting } from './reachable-limit.ts';
import { ask, holdNext, useStandbys } from './standby-rig.ts';

const start = useStandbys();

describe('an agent that was started ahead', () => {
  it('is given up as moved, as unready and as stopped, and whoever asks meanwhile is answered', async () => {
    const { claude, daemon } = await start({ config: { 'agent.standby': 0 }, env: { NINJAD_STANDBY: '' } });
    const late = holdNext(claude);
    await setSetting(daemon, 'agent.standby', 1);
    await until('it is on its way', late.isHeld);
    await ask(daemon, 'cold', 'kitchen');
    await untilStanding(daemon);
    expect(await standbyCounts(daemon)).toEqual({ used: 0, givenUp: { moved: 1 } });

    const next = holdNext(claude);
    await ask(daemon, 'warm', 'kitchen');
    await until('the next one is on its way', next.isHeld);
    // It exits before it has said that it is ready.
    for (const { identity, command } of await standbysOf(daemon.home))
      if (!command.startsWith('sleep')) killIfThere(identity.pid);
    await untilStandby(daemon, 'resting');
    expect(await standbyCounts(daemon)).toEqual({ used: 1, givenUp: { moved: 1, unready: 1 } });
    expect(claude.api.requests).toHaveLength(2);

    await setSetting(daemon, 'task.maxTurns', 40);
    await untilStanding(daemon);
    const { code, stderr } = await daemon.kill('SIGTERM');
    expect({ code, told: stderr.includes('"reason":"stopped"') }).toEqual({ code: 0, told: true });
    expect(await survivorsOf(daemon.home)).toEqual([]);
  });
});

/** One of them may take another with it. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
