import { describe, expect, it } from 'vitest';
import { createRightOfWay } from '../../../src/lib/store/right-of-way.ts';
import type { Store } from '../../../src/lib/store/store.ts';
import { eventually } from '../../helpers/eventually.ts';

/** A store that writes down what it is asked. */
function noting(): { store: Store; asked: string[] } {
  const asked: string[] = [];
  const store: Store = {
    query({ text }) {
      asked.push(text);
      return Promise.resolve({ rows: [], rowCount: 0, command: '', oid: 0, fields: [] });
    },
    transaction: (work) => work(store),
  };
  return { store, asked };
}

function gate(): { open: () => void; opened: Promise<void> } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

const ever = 1_000_000;

describe('the right of way', () => {
  it('keeps background work out of the store until everybody who goes first is done', async () => {
    const { store, asked } = noting();
    const { first, after } = createRightOfWay({ maxWaitMs: ever });
    const [one, other] = [gate(), gate()];
    const questions = [
      first(() => one.opened),
      first(async () => {
        await other.opened;
        asked.push('question');
      }),
    ];
    const background = after(store);
    const work = [
      background.query({ text: 'statement' }),
      background.transaction((tx) => tx.query({ text: 'transaction' })),
    ];
    one.open();
    await questions[0];
    expect(asked).toEqual([]);
    other.open();
    await Promise.all([...questions, ...work]);
    expect(asked).toEqual(['question', 'statement', 'transaction']);
  });

  it('lets background work begin where nobody goes first, also after a work that failed', async () => {
    const { store, asked } = noting();
    const { first, after } = createRightOfWay({ maxWaitMs: ever });
    await after(store).query({ text: 'before' });
    await expect(first(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await after(store).query({ text: 'afterwards' });
    expect(asked).toEqual(['before', 'afterwards']);
  });

  it('holds back nothing that somebody waits for', async () => {
    const { store, asked } = noting();
    const { first, after, hurry } = createRightOfWay({ maxWaitMs: ever });
    let isAwaited = false;
    const background = after(store, () => isAwaited);
    const flood = gate();
    const going = first(() => flood.opened);
    const early = background.query({ text: 'early' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual([]);
    isAwaited = true;
    hurry();
    await early;
    await background.query({ text: 'awaited' });
    isAwaited = false;
    const late = background.query({ text: 'late' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual(['early', 'awaited']);
    flood.open();
    await Promise.all([going, late]);
    expect(asked).toEqual(['early', 'awaited', 'late']);
  });

  it('does background work one after the other', async () => {
    const { first, after } = createRightOfWay({ maxWaitMs: ever });
    const { store, asked } = noting();
    const { open, opened } = gate();
    const slow: Store = {
      ...store,
      async transaction(work) {
        asked.push('begun');
        await opened;
        asked.push('done');
        return work(store);
      },
    };
    const long = after(slow).transaction(() => Promise.resolve());
    const short = after(store).query({ text: 'statement' });
    await first(() => Promise.resolve());
    await eventually(() => expect(asked).toContain('begun'));
    await new Promise(setImmediate);
    expect(asked).toEqual(['begun']);
    open();
    await Promise.all([long, short]);
    expect(asked).toEqual(['begun', 'done', 'statement']);
  });

  it('tells large works when no answer is under way, and after their patience', async () => {
    const { first, answer, unasked } = createRightOfWay({ maxWaitMs: ever });
    await unasked(ever);
    const { open, opened } = gate();
    const recording = first(() => opened);
    await unasked(ever);
    const [one, other] = [gate(), gate()];
    const answers = [
      answer(() => one.opened),
      answer(() => other.opened.then(() => Promise.reject(new Error('no')))),
    ];
    await unasked(1);
    const told: string[] = [];
    const waiting = unasked(ever).then(() => told.push('unasked'));
    one.open();
    await answers[0];
    await new Promise(setImmediate);
    expect(told).toEqual([]);
    other.open();
    await expect(answers[1]).rejects.toThrow('no');
    await waiting;
    open();
    await recording;
  });

  it('does not let background work starve', async () => {
    const { store, asked } = noting();
    const { first, after } = createRightOfWay({ maxWaitMs: 1 });
    const { open, opened } = gate();
    const question = first(() => opened);
    await after(store).query({ text: 'in the end' });
    expect(asked).toEqual(['in the end']);
    open();
    await question;
  });
});
