import { describe, expect, it } from 'vitest';
import { createJobQueue, type Job, type QueueLimits } from '../../../src/lib/inference/job-queue.ts';
import type { Work } from '../../../src/lib/inference/work.ts';

/** A queue whose jobs note how they ended. */
function newQueue(limits: Partial<QueueLimits> = {}) {
  const queue = createJobQueue({ capacity: 100, batchItems: 4, batchTokens: 1_000, ...limits });
  const ended: Record<string, unknown> = {};
  const push = (name: string, work: Work, ...texts: string[]): { job: Job; isTaken: boolean } => {
    const job: Job = {
      work,
      items: texts.map((text) => [text]),
      resolve: (results) => (ended[name] = results),
      reject: (error) => (ended[name] = error.message),
    };
    return { job, isTaken: queue.push(job) };
  };
  const take = () => {
    const batch = queue.take();
    return batch && { id: batch.id, work: batch.work, texts: batch.items.flat() };
  };
  return { queue, push, take, ended };
}

describe('the queue of the models', () => {
  it('hands out the most urgent work first: queries, pairs, passages, names', () => {
    const { push, take } = newQueue();
    push('n', 'names', 'names');
    push('p', 'passage', 'passage');
    push('r', 'pair', 'pair');
    push('q', 'query', 'query');
    expect([take(), take(), take(), take(), take()].map((batch) => batch?.work)).toEqual([
      'query',
      'pair',
      'passage',
      'names',
      undefined,
    ]);
  });

  it('merges requests of one kind into a batch and gives each its own results in order', () => {
    const { queue, push, take, ended } = newQueue();
    push('first', 'passage', 'a', 'b');
    push('second', 'passage', 'c');
    const batch = take();
    expect(batch).toEqual({ id: 1, work: 'passage', texts: ['a', 'b', 'c'] });
    queue.answer(1, ['A', 'B', 'C']);
    expect(ended).toEqual({ first: ['A', 'B'], second: ['C'] });
    expect(queue.depth()).toBe(0);
  });

  it('cuts a long request into batches, between which a query goes first', () => {
    const { queue, push, take, ended } = newQueue({ batchItems: 2 });
    push('long', 'passage', 'a', 'b', 'c');
    expect(take()?.texts).toEqual(['a', 'b']);
    push('urgent', 'query', 'q');
    expect(take()?.texts).toEqual(['q']);
    expect(take()?.texts).toEqual(['c']);
    queue.answer(3, ['C']);
    queue.answer(1, ['A', 'B']);
    expect(ended).toEqual({ long: ['A', 'B', 'C'] });
  });

  it('bounds a batch by what padding to its longest text costs, and takes a text that is longer alone', () => {
    const { push, take } = newQueue({ batchItems: 10, batchTokens: 300 });
    push('mixed', 'passage', 'short', 'x'.repeat(400), 'short', 'short', 'y'.repeat(9_000));
    expect(take()?.texts.map((text) => text.length)).toEqual([5, 400]);
    expect(take()?.texts.map((text) => text.length)).toEqual([5, 5]);
    expect(take()?.texts.map((text) => text.length)).toEqual([9_000]);
  });

  it('keeps the last quarter of its room for what somebody waits for', () => {
    const { push, queue } = newQueue({ capacity: 8 });
    expect(push('six', 'passage', 'a', 'b', 'c', 'd', 'e', 'f').isTaken).toBe(true);
    expect(push('seventh', 'passage', 'g').isTaken).toBe(false);
    expect(push('names', 'names', 'g').isTaken).toBe(false);
    expect(push('query', 'query', 'q').isTaken).toBe(true);
    expect(push('too many', 'query', 'q', 'r').isTaken).toBe(false);
    expect(queue.depth()).toBe(7);
  });

  it('tries what failed together one by one, so that one bad text takes nobody down with it', () => {
    const { queue, push, take, ended } = newQueue();
    push('good', 'passage', 'a');
    push('bad', 'passage', 'b');
    const together = take();
    queue.fail(together?.id ?? 0, new Error('cannot compute'));
    expect(ended).toEqual({});
    expect(queue.depth()).toBe(2);
    const first = take();
    expect(first?.texts).toEqual(['a']);
    queue.answer(first?.id ?? 0, ['A']);
    const second = take();
    expect(second?.texts).toEqual(['b']);
    queue.fail(second?.id ?? 0, new Error('cannot compute'));
    expect(ended).toEqual({ good: ['A'], bad: 'cannot compute' });
    expect(queue.depth()).toBe(0);
  });

  it('forgets what nobody waits for any more, also while it is computed', () => {
    const { queue, push, take, ended } = newQueue({ batchItems: 1 });
    const { job } = push('gone', 'passage', 'a', 'b');
    push('stays', 'passage', 'c');
    const computing = take();
    queue.forget(job);
    expect(queue.depth()).toBe(1);
    expect(take()?.texts).toEqual(['c']);
    queue.answer(computing?.id ?? 0, ['A']);
    expect(ended).toEqual({});
  });

  it('tells apart, when it is emptied, who was being served and who only waited', () => {
    const { queue, push, take } = newQueue({ batchItems: 1 });
    const running = push('running', 'passage', 'a', 'b').job;
    const waiting = push('waiting', 'query', 'c').job;
    take();
    take();
    const late = push('late', 'names', 'd').job;
    expect(queue.drain()).toEqual({ running: [running, waiting], waiting: [late] });
    expect(queue.depth()).toBe(0);
    expect(take()).toBeUndefined();
  });
});
