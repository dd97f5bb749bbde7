import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createActor, fromCallback, toPromise } from 'xstate';
import { expect, it } from 'vitest';
import { createLookForHosts } from '../../../actors/fleet/look-for-hosts.ts';
import { createPollHost } from '../../../actors/fleet/poll-host.ts';
import { fleetMachine } from '../../../machines/fleet/machine.ts';
import { createBus } from '../../../src/bus.ts';
import { definitionOf } from '../../../src/fleet/definition.ts';
import { createProbe } from '../../../src/fleet/probe/probe.ts';
import { insertHost } from '../../../src/fleet/rows/hosts.ts';
import { createFleetService } from '../../../src/fleet/service.ts';
import { createSettings } from '../../../src/settings.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { leakedProcesses, leakGuard } from '../../helpers/leak-guard.ts';
import { loopHeldWhile } from '../../helpers/loop-held.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { useDatabase } from '../../helpers/use-database.ts';

// The database comes first: it is nobody's leak.
const { store } = useDatabase('machines', 'fleet_sight', 'owner_notices');
leakGuard();
const worker = '6f1c1a52-0000-4000-8000-0123456789ab';
const runs = process.platform === 'linux' ? it : it.skip;

runs(
  'polls 200 hosts within their deadline with a free loop, and leaves no child after 1,000 polls',
  async () => {
    const server = createServer(
      (_, response) =>
        void response.setHeader('content-type', 'application/json').end('{"load1": 0.5, "cores": 2}'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closeAfterTest(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
    // Stands in for ssh, and leaves a child behind each time, as a master of shared connections would be.
    const folder = tempDir();
    writeFileSync(
      join(folder, 'ssh'),
      '#!/bin/sh\nread line; sleep 300 >/dev/null 2>&1 &\nfor last; do :; done\nset -- $last\nprintf "ninjad-report %s\\nload 0.1 0.1 0.1\\ncores 2\\nninjad-report-end %s\\n" "$3" "$3"\n',
    );
    chmodSync(join(folder, 'ssh'), 0o755);
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const settings = createSettings({ configFile: '/nowhere/config.json', env: {} });
    const bus = createBus((thrown) => {
      throw thrown;
    });
    const fleet = createFleetService({
      store,
      settings,
      bus,
      worker,
      probe: createProbe({ env, home: folder, worker }),
      put: () => Promise.resolve(),
      sight: () => Promise.resolve({ gateway: null, addresses: null }),
    });
    let polls = 0;
    let slowestMs = 0;
    const service = {
      ...fleet,
      poll: async (name: string, signal?: AbortSignal) => {
        const polled = await fleet.poll(name, signal);
        polls += 1;
        slowestMs = Math.max(slowestMs, polled?.outcome.tookMs ?? 0);
        if (polled?.outcome.kind === 'failed') throw new Error(`${name}: ${polled.outcome.reason}`);
        return polled;
      },
    };
    for (let index = 0; index < 200; index += 1) {
      const kind = index % 10 === 0 ? { ssh: 'x@host.test' } : { http: url };
      await insertHost(store, {
        definition: definitionOf(`h${index}`, { ...kind, every: 600_000 }),
        worker: null,
        declaredBy: null,
        tokenHash: null,
        now: new Date(),
      });
    }
    const problems: unknown[] = [];
    const actor = createActor(
      fleetMachine.provide({
        actors: {
          look: createLookForHosts({ service, onDeclared: () => undefined }),
          poll: createPollHost({ service, bus }),
          listen: fromCallback(({ sendBack }) => bus.on('fleet.due', () => sendBack({ type: 'fleet.wake' }))),
        },
        actions: { reportProblem: (_, { error }) => void problems.push(error) },
      }),
      { input: { atOnce: () => 40 } },
    );
    const held: number[] = [];
    for (let round = 1; round <= 5; round += 1) {
      const until = performance.now() + 60_000;
      const { p99Ms } = await loopHeldWhile(async () => {
        if (round === 1) actor.start();
        else await store.query({ text: 'UPDATE machines SET next_poll_at = now()' });
        bus.emit('fleet.due', {});
        while (polls < round * 200 && performance.now() < until) await delay(20);
      });
      held.push(p99Ms);
      expect([polls >= round * 200, polls, problems, actor.getSnapshot().value]).toEqual([
        true,
        expect.any(Number),
        [],
        expect.anything(),
      ]);
    }
    actor.send({ type: 'child.stop' });
    await toPromise(actor);
    expect(problems).toEqual([]);
    expect(slowestMs).toBeLessThan(8_000);
    expect(Math.min(...held)).toBeLessThan(20);
    for (const until = Date.now() + 10_000; leakedPolls().length > 0 && Date.now() < until;) await delay(50);
    expect(leakedPolls()).toEqual([]);
    const { rows } = await store.query({
      text: `SELECT state, count(*)::int AS hosts FROM machines GROUP BY state`,
    });
    expect(rows).toEqual([{ state: 'up', hosts: 200 }]);
    process.stderr.write(
      `${polls} polls; the loop was held, p99 by round, ms: ${held.map((each) => each.toFixed(1)).join(' ')}\n`,
    );
  },
);

function leakedPolls(): string[] {
  return leakedProcesses()
    .filter(({ command }) => /sleep 300|\bssh\b/.test(command))
    .map(({ command }) => command);
}
