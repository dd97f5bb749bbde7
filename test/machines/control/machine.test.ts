import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, setup, SimulatedClock } from 'xstate';
import type {
  ControlServerCommand,
  ControlServerFact,
  ControlServerInput,
} from '../../../machines/control/protocol.ts';
import { controlMachine } from '../../../machines/control/machine.ts';
import { eventually } from '../../helpers/eventually.ts';

function startControl() {
  const news: string[] = [];
  let tell: (fact: ControlServerFact) => void = () => undefined;
  const logic = controlMachine.provide({
    actors: {
      server: fromCallback<ControlServerCommand, ControlServerInput>(({ input, receive, sendBack }) => {
        news.push(`serve ${input.socketPath}`);
        tell = sendBack;
        receive(({ type }) => news.push(type));
        return () => news.push('server stopped');
      }),
    },
  });
  const parent = setup({ actors: { control: logic } }).createMachine({
    invoke: {
      id: 'control',
      src: 'control',
      input: { socketPath: '/run/control.sock' },
      onDone: { actions: () => news.push('done') },
      onError: { actions: ({ event }) => news.push(String(event.error)) },
    },
    on: { 'child.ready': { actions: ({ event }) => news.push(`child.ready ${String(event['id'])}`) } },
  });
  const clock = new SimulatedClock();
  const root = createActor(parent, { clock }).start();
  const actor = root.getSnapshot().children['control'] as ReturnType<typeof createActor<typeof logic>>;
  return {
    actor,
    clock,
    tell: (fact: ControlServerFact) => tell(fact),
    stop: () => actor.send({ type: 'child.stop' }),
    state: () => actor.getSnapshot().value,
    status: () => actor.getSnapshot().status,
    news: () => news.splice(0),
  };
}

const listening: ControlServerFact = { type: 'control.listening', socketPath: '/run/control.sock' };
const failed: ControlServerFact = { type: 'control.failed', message: 'EADDRINUSE' };

describe('control machine', () => {
  it('is up when its server listens', () => {
    const { tell, state, news } = startControl();
    expect(state()).toBe('opening');
    expect(news()).toEqual(['serve /run/control.sock']);
    tell(listening);
    expect(state()).toEqual({ open: 'quiet' });
    expect(news()).toEqual(['child.ready control']);
  });

  it.each([
    ['before it listens', []],
    ['while it serves', [listening]],
  ])('ends in an error with the reason where the server fails %s', async (_, facts) => {
    const { tell, status, news } = startControl();
    for (const fact of facts) tell(fact);
    news();
    tell(failed);
    await eventually(() => expect(status()).toBe('error'));
    expect(news()).toContain('Error: EADDRINUSE');
  });

  it('asks the server to close, once, and ends when it has', () => {
    const { tell, stop, state, status, news } = startControl();
    tell(listening);
    news();
    stop();
    stop();
    expect(state()).toBe('closing');
    expect(news()).toEqual(['child.stop']);
    tell({ type: 'control.closed' });
    expect(status()).toBe('done');
    expect(news().sort()).toEqual(['done', 'server stopped']);
  });

  it('ends in order also where the server fails while it closes', () => {
    const { tell, stop, status, news } = startControl();
    tell(listening);
    stop();
    tell(failed);
    expect(status()).toBe('done');
    expect(news()).toContain('done');
  });

  it('can be stopped before it listens', () => {
    const { tell, stop, status } = startControl();
    stop();
    tell(listening);
    tell({ type: 'control.closed' });
    expect(status()).toBe('done');
  });

  it('lets inspectors have what was gathered ten times a second at most', () => {
    const { tell, clock, news } = startControl();
    tell(listening);
    news();
    for (let round = 0; round < 10; round += 1) {
      tell({ type: 'inspections.pending' });
      tell({ type: 'inspections.pending' });
      clock.increment(50);
    }
    expect(news()).toEqual(Array(5).fill('inspections.flush'));
    clock.increment(1_000);
    expect(news()).toEqual([]);
  });
});
