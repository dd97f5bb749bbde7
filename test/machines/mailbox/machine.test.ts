import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, setup } from 'xstate';
import { mailboxMachine } from '../../../machines/mailbox/machine.ts';
import { createMailbox } from '../../../src/lib/mailbox/mailbox.ts';
import { acceptedBatch } from '../../helpers/accepted-batch.ts';

const capacity = 10;

/** A mailbox actor between a router and a reader that note what they hear; either may be missing. */
function startMailbox({
  mailbox = createMailbox({ capacity }),
  neighbours = ['router', 'fifo-reader'],
} = {}) {
  const heard: string[] = [];
  const noting = fromCallback(({ receive, self }) => {
    receive(({ type }) => heard.push(`${self.id} ${type}`));
  });
  const parent = setup({ actors: { mailbox: mailboxMachine, noting } }).createMachine({
    invoke: [
      ...neighbours.map((id) => ({ id, systemId: id, src: 'noting' as const })),
      { id: 'mailbox', src: 'mailbox' as const, input: { mailbox } },
    ],
  });
  const root = createActor(parent).start();
  const actor = root.getSnapshot().children['mailbox'] as ReturnType<
    typeof createActor<typeof mailboxMachine>
  >;
  return {
    actor,
    mailbox,
    arrive: (count: number) => {
      mailbox.offer(
        acceptedBatch(
          Array.from({ length: count }, (_, index) => ({ position: index, length: 1, priority: 4 })),
        ),
        0,
      );
      actor.send({ type: 'mail.arrived' });
    },
    takeOut: (count: number) => {
      mailbox.take(count, 0);
      actor.send({ type: 'mailbox.taken' });
    },
    state: () => actor.getSnapshot().value,
    heard: () => heard.splice(0),
  };
}

describe('mailbox machine', () => {
  it('tells the router of waiting mail at its start and whenever some arrives', () => {
    const { arrive, heard, state } = startMailbox();
    expect(heard()).toContain('router mail.waiting');
    arrive(1);
    arrive(1);
    expect(heard()).toEqual(['router mail.waiting', 'router mail.waiting']);
    expect(state()).toBe('open');
  });

  it('holds the reader at the bound and lets it go on when a tenth is free', () => {
    const { arrive, takeOut, heard, state } = startMailbox();
    heard();
    arrive(capacity - 1);
    expect(heard()).toEqual(['router mail.waiting']);
    arrive(2);
    expect(state()).toBe('full');
    expect(heard()).toEqual(['router mail.waiting', 'fifo-reader reader.pause']);
    takeOut(1);
    expect(state()).toBe('full');
    expect(heard()).toEqual([]);
    takeOut(1);
    expect(state()).toBe('open');
    expect(heard()).toEqual(['fifo-reader reader.resume', 'router mail.waiting']);
  });

  it('holds again a reader that began a new life while it was full', () => {
    const { arrive, heard, state } = startMailbox();
    arrive(capacity);
    heard();
    arrive(1);
    expect(state()).toBe('full');
    expect(heard()).toContain('fifo-reader reader.pause');
    expect(heard()).not.toContain('fifo-reader reader.resume');
  });

  it('holds the reader at its start where it is full already', () => {
    const mailbox = createMailbox({ capacity });
    mailbox.offer(
      acceptedBatch(Array.from({ length: 12 }, (_, index) => ({ position: index, length: 1, priority: 4 }))),
      0,
    );
    const { heard, state } = startMailbox({ mailbox });
    expect(state()).toBe('full');
    expect(
      heard()
        .filter((what) => what.startsWith('fifo'))
        .at(-1),
    ).toBe('fifo-reader reader.pause');
  });

  it('lets go, in its next life, of a reader that it held in its last', () => {
    const { heard } = startMailbox();
    expect(heard()).toContain('fifo-reader reader.resume');
  });

  it('misses nobody who is between two lives', () => {
    const { arrive, takeOut, state, heard } = startMailbox({ neighbours: [] });
    arrive(capacity);
    expect(state()).toBe('full');
    takeOut(capacity);
    expect(state()).toBe('open');
    expect(heard()).toEqual([]);
  });

  it('ends on child.stop, open or full', () => {
    const open = startMailbox();
    open.actor.send({ type: 'child.stop' });
    expect(open.actor.getSnapshot().status).toBe('done');
    const full = startMailbox();
    full.arrive(capacity);
    full.actor.send({ type: 'child.stop' });
    expect(full.actor.getSnapshot().status).toBe('done');
  });
});
