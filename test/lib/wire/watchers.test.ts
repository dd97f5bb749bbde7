import { describe, expect, it } from 'vitest';
import { createWatchers } from '../../../src/lib/wire/watchers.ts';

function watchersAndNews() {
  const announced: string[] = [];
  const watchers = createWatchers((key) => announced.push(key));
  return { watchers, news: () => announced.splice(0) };
}

describe('watchers', () => {
  it('announces a watched line when the disk has all of it, and not before', () => {
    const { watchers, news } = watchersAndNews();
    watchers.watch('k');
    watchers.noteAccepted('k', 100);
    expect(news()).toEqual([]);
    watchers.noteSynced(99);
    expect(news()).toEqual([]);
    watchers.noteSynced(100);
    expect(news()).toEqual(['k']);
    watchers.noteSynced(1_000);
    expect(news()).toEqual([]);
  });

  it('announces in the order of the journal, as far as it is synced', () => {
    const { watchers, news } = watchersAndNews();
    for (const key of ['a', 'b', 'c']) watchers.watch(key);
    watchers.noteAccepted('b', 10);
    watchers.noteAccepted('a', 20);
    watchers.noteAccepted('c', 30);
    watchers.noteSynced(25);
    expect(news()).toEqual(['b', 'a']);
    watchers.noteSynced(30);
    expect(news()).toEqual(['c']);
  });

  it('forgets lines that nobody waits for', () => {
    const { watchers, news } = watchersAndNews();
    watchers.noteAccepted('k', 10);
    watchers.watch('k');
    watchers.noteSynced(10);
    expect(news()).toEqual([]);
  });

  it('knows whether anybody waits, each watcher counted by itself', () => {
    const { watchers, news } = watchersAndNews();
    expect(watchers.isAnyoneWaiting()).toBe(false);
    const first = watchers.watch('k');
    const second = watchers.watch('k');
    first();
    expect(watchers.isAnyoneWaiting()).toBe(true);
    watchers.noteAccepted('k', 10);
    second();
    expect(watchers.isAnyoneWaiting()).toBe(false);
    watchers.noteSynced(10);
    expect(news()).toEqual(['k']);
  });

  it('lets a watcher leave twice without taking another with it', () => {
    const { watchers } = watchersAndNews();
    const first = watchers.watch('k');
    watchers.watch('k');
    first();
    first();
    expect(watchers.isAnyoneWaiting()).toBe(true);
  });
});
