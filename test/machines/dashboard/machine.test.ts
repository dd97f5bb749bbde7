import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, setup, SimulatedClock } from 'xstate';
import type {
  DashboardServerCommand,
  DashboardServerFact,
  DashboardServerInput,
} from '../../../machines/dashboard/protocol.ts';
import { dashboardMachine } from '../../../machines/dashboard/machine.ts';

const listening: DashboardServerFact = { type: 'dashboard.listening', url: 'http://127.0.0.1:1' };
const failed: DashboardServerFact = { type: 'dashboard.failed', reason: 'the port is taken' };
const pending: DashboardServerFact = { type: 'feeds.pending' };
const flushed: DashboardServerFact = { type: 'feeds.flushed' };

function startDashboard() {
  const news: string[] = [];
  const clock = new SimulatedClock();
  let tell: (fact: DashboardServerFact) => void = () => undefined;
  const logic = dashboardMachine.provide({
    actors: {
      server: fromCallback<DashboardServerCommand, DashboardServerInput>(({ input, receive, sendBack }) => {
        news.push(`serve ${input.host}:${input.port}`);
        tell = sendBack;
        receive(({ type }) => {
          if (type !== 'feeds.pulse') news.push(type);
        });
        return () => news.push('server stopped');
      }),
    },
    actions: {
      reportOpen: (_, { url }) => news.push(`open ${url}`),
      reportShut: (_, { reason }) => news.push(`shut: ${reason}`),
    },
  });
  const parent = setup({ actors: { dashboard: logic } }).createMachine({
    invoke: {
      id: 'dashboard',
      src: 'dashboard',
      input: { host: '127.0.0.1', port: 1 },
      onDone: { actions: () => news.push('done') },
    },
    on: { 'child.ready': { actions: () => news.push('ready') } },
  });
  const root = createActor(parent, { clock }).start();
  const actor = root.getSnapshot().children['dashboard'] as ReturnType<typeof createActor<typeof logic>>;
  return {
    clock,
    tell: (...facts: DashboardServerFact[]) => facts.forEach((fact) => tell(fact)),
    stop: () => actor.send({ type: 'child.stop' }),
    context: () => actor.getSnapshot().context,
    news: () => news.splice(0),
  };
}

describe('dashboard machine', () => {
  it('is up when its server listens, and ends when that has closed', () => {
    const { tell, stop, news } = startDashboard();
    tell(listening);
    expect(news()).toEqual(['serve 127.0.0.1:1', 'open http://127.0.0.1:1', 'ready']);
    stop();
    stop();
    expect(news()).toEqual(['child.stop']);
    tell({ type: 'dashboard.closed' });
    expect(news().sort()).toEqual(['done', 'server stopped']);
  });

  it('is up without its port too, says why, and tries again after a growing while', () => {
    const { tell, clock, context, news } = startDashboard();
    tell(failed);
    expect(news()).toEqual(['serve 127.0.0.1:1', 'shut: the port is taken', 'server stopped', 'ready']);
    expect(context()).toMatchObject({ url: undefined, trouble: 'the port is taken' });
    clock.increment(1_000);
    tell(failed);
    clock.increment(1_999);
    expect(news()).not.toContain('open http://127.0.0.1:1');
    clock.increment(1);
    tell(listening);
    expect(news()).toContain('open http://127.0.0.1:1');
    expect(context()).toMatchObject({ failures: 0, trouble: undefined });
  });

  it('pushes what was gathered ten times a second at most, and nothing where there is nothing', () => {
    const { tell, clock, news } = startDashboard();
    tell(listening);
    news();
    clock.increment(10_000);
    expect(news()).toEqual([]);
    for (let round = 0; round < 20; round += 1) {
      tell(pending, pending);
      clock.increment(50);
      tell(flushed);
    }
    expect(news()).toEqual(Array(10).fill('feeds.flush'));
  });

  it('pushes what came during a flush with the next one', () => {
    const { tell, clock, news } = startDashboard();
    tell(listening, pending);
    clock.increment(100);
    news();
    tell(pending, flushed);
    clock.increment(99);
    expect(news()).toEqual([]);
    clock.increment(1);
    expect(news()).toEqual(['feeds.flush']);
    tell(flushed);
    clock.increment(1_000);
    expect(news()).toEqual([]);
  });
});
