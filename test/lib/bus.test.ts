import { describe, expect, it } from 'vitest';
import { createBus } from '../../src/bus.ts';

describe('bus', () => {
  it('tells every listener of a fact, and nobody of other facts', () => {
    const heard: string[] = [];
    const bus = createBus(() => undefined);
    bus.on('event.accepted', ({ dedupKey }) => heard.push(`one ${dedupKey}`));
    bus.on('event.accepted', ({ dedupKey }) => heard.push(`two ${dedupKey}`));
    bus.on('owner.told', () => heard.push('notice'));
    bus.emit('event.accepted', { dedupKey: 'k' });
    expect(heard).toEqual(['one k', 'two k']);
  });

  it('stops telling the one who left', () => {
    const heard: string[] = [];
    const bus = createBus(() => undefined);
    const listener = ({ text }: { text: string }): void => void heard.push(text);
    const leave = bus.on('owner.told', listener);
    bus.on('owner.told', listener);
    bus.emit('owner.told', { origin: 'spend', text: 'a', taskId: null });
    leave();
    leave();
    bus.emit('owner.told', { origin: 'spend', text: 'b', taskId: null });
    expect(heard).toEqual(['a', 'a', 'b']);
  });

  it('lets a listener that throws hurt neither the emitter nor the others', () => {
    const heard: string[] = [];
    const reported: unknown[] = [];
    const bus = createBus((thrown) => reported.push(thrown));
    const error = new Error('observer');
    bus.on('owner.told', () => {
      throw error;
    });
    bus.on('owner.told', ({ text }) => heard.push(text));
    bus.emit('owner.told', { origin: 'spend', text: 'a', taskId: null });
    expect(heard).toEqual(['a']);
    expect(reported).toEqual([error]);
  });

  it('is not hurt by a listener that leaves, or brings another, while it is told', () => {
    const heard: string[] = [];
    const bus = createBus(() => undefined);
    const leave = bus.on('owner.told', () => {
      heard.push('first');
      leave();
      bus.on('owner.told', () => heard.push('late'));
    });
    bus.on('owner.told', () => heard.push('second'));
    bus.emit('owner.told', { origin: 'spend', text: 'a', taskId: null });
    expect(heard).toEqual(['first', 'second']);
    bus.emit('owner.told', { origin: 'spend', text: 'b', taskId: null });
    expect(heard).toEqual(['first', 'second', 'second', 'late']);
  });
});
