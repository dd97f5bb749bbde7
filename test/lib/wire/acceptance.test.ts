import { describe, expect, it } from 'vitest';
import { createAcceptance } from '../../../src/lib/wire/acceptance.ts';

function acceptanceAndNews() {
  const announced: string[] = [];
  const acceptance = createAcceptance((key) => announced.push(key));
  return { acceptance, news: () => announced.splice(0) };
}

describe('acceptance', () => {
  it('announces a watched line when the disk has all of it, and not before', () => {
    const { acceptance, news } = acceptanceAndNews();
    acceptance.watch('k');
    acceptance.recordAccepted('k', 100);
    expect(news()).toEqual([]);
    acceptance.recordSynced(99);
    expect(news()).toEqual([]);
    acceptance.recordSynced(100);
    expect(news()).toEqual(['k']);
    acceptance.recordSynced(1_000);
    expect(news()).toEqual([]);
  });

  it('announces in the order of the journal, as far as it is synced', () => {
    const { acceptance, news } = acceptanceAndNews();
    for (const key of ['a', 'b', 'c']) acceptance.watch(key);
    acceptance.recordAccepted('b', 10);
    acceptance.recordAccepted('a', 20);
    acceptance.recordAccepted('c', 30);
    acceptance.recordSynced(25);
    expect(news()).toEqual(['b', 'a']);
    acceptance.recordSynced(30);
    expect(news()).toEqual(['c']);
  });

  it('forgets lines that nobody waits for', () => {
    const { acceptance, news } = acceptanceAndNews();
    acceptance.recordAccepted('k', 10);
    acceptance.watch('k');
    acceptance.recordSynced(10);
    expect(news()).toEqual([]);
  });

  it('knows whether anybody waits, each watcher counted by itself', () => {
    const { acceptance, news } = acceptanceAndNews();
    expect(acceptance.isAnyoneWaiting()).toBe(false);
    const first = acceptance.watch('k');
    const second = acceptance.watch('k');
    first();
    expect(acceptance.isAnyoneWaiting()).toBe(true);
    acceptance.recordAccepted('k', 10);
    second();
    expect(acceptance.isAnyoneWaiting()).toBe(false);
    acceptance.recordSynced(10);
    expect(news()).toEqual(['k']);
  });

  it('lets a watcher leave twice without taking another with it', () => {
    const { acceptance } = acceptanceAndNews();
    const first = acceptance.watch('k');
    acceptance.watch('k');
    first();
    first();
    expect(acceptance.isAnyoneWaiting()).toBe(true);
  });
});
