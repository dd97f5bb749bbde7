import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, fromPromise, setup, SimulatedClock, toPromise } from 'xstate';
import { fifoReaderMachine } from '../../../machines/fifo-reader/machine.ts';
import type { PipeCommand } from '../../../machines/fifo-reader/protocol.ts';
import type { AcceptedBatch } from '../../../src/lib/journal/intake.ts';
import type { OpenFifo } from '../../../src/lib/wire/fifo.ts';
import { acceptedBatch } from '../../helpers/accepted-batch.ts';
import { withResolvers } from '../../helpers/with-resolvers.ts';
import { eventually } from '../../helpers/eventually.ts';

const fifoOf = (fd: number): OpenFifo => ({ fd, inode: 1_000 + fd, path: '/home/events.fifo' });
const batchAt = (position: number): AcceptedBatch => acceptedBatch([{ position, length: 10, priority: 4 }]);

/**
 * A reader of fakes under a parent, with all that happens in `news`. Each `open` waits for the test to answer it;
 * each `close` too, unless it is told otherwise.
 */
function startReader() {
  const clock = new SimulatedClock();
  const news: string[] = [];
  const opens: ReturnType<typeof withResolvers<OpenFifo>>[] = [];
  const closes: ReturnType<typeof withResolvers<readonly AcceptedBatch[]>>[] = [];
  let tell: (event: Parameters<typeof reader.send>[0]) => void = () => undefined;
  const logic = fifoReaderMachine.provide({
    actors: {
      openPipe: fromPromise(() => {
        news.push('open');
        const open = withResolvers<OpenFifo>();
        opens.push(open);
        return open.promise;
      }),
      readPipe: fromCallback<PipeCommand, { fifo: OpenFifo; paused: boolean }>(
        ({ input, receive, sendBack }) => {
          news.push(`read ${input.fifo.fd}${input.paused ? ' paused' : ''}`);
          tell = sendBack;
          receive(({ type }) => news.push(type));
          return () => news.push('stop reading');
        },
      ),
      closePipe: fromPromise<readonly AcceptedBatch[], { fifo: OpenFifo | undefined }>(({ input }) => {
        news.push(`close ${input.fifo?.fd ?? 'nothing'}`);
        const close = withResolvers<readonly AcceptedBatch[]>();
        closes.push(close);
        return close.promise;
      }),
    },
    actions: {
      deliver: (_, { batches }) => {
        for (const { position } of batches) news.push(`deliver ${position[0] ?? ''}`);
      },
      reportStuck: (_, { reason }) => news.push(`stuck: ${reason}`),
      reportReplaced: () => news.push('replaced'),
    },
  });
  const parent = setup({ actors: { reader: logic } }).createMachine({
    invoke: { id: 'fifo-reader', src: 'reader', onDone: { actions: () => news.push('done') } },
    on: { 'child.ready': { actions: ({ event }) => news.push(`child.ready ${String(event['id'])}`) } },
  });
  const actor = createActor(parent, { clock }).start();
  const reader = actor.getSnapshot().children['fifo-reader'] as ReturnType<typeof createActor<typeof logic>>;
  return {
    reader,
    clock,
    send: (type: 'reader.pause' | 'reader.resume' | 'child.stop') => reader.send({ type }),
    /** What the actor that reads the pipe says. */
    tell: (event: Parameters<typeof reader.send>[0]) => tell(event),
    opened: async (fd: number) => {
      opens.at(-1)?.resolve(fifoOf(fd));
      await eventually(() => expect(reader.getSnapshot().value).not.toBe('opening'));
    },
    refused: async (reason: string) => {
      opens.at(-1)?.reject(new Error(reason));
      await eventually(() => expect(reader.getSnapshot().value).toBe('stuck'));
    },
    closed: async (batches: AcceptedBatch[] = []) => {
      const before = reader.getSnapshot().value;
      closes.at(-1)?.resolve(batches);
      await eventually(() => expect(reader.getSnapshot().value).not.toBe(before));
    },
    closeFailed: async () => {
      const before = reader.getSnapshot().value;
      closes.at(-1)?.reject(new Error('EIO'));
      await eventually(() => expect(reader.getSnapshot().value).not.toBe(before));
    },
    state: () => reader.getSnapshot().value,
    status: () => reader.getSnapshot().status,
    context: () => reader.getSnapshot().context,
    news: () => news.splice(0),
  };
}

async function startReading() {
  const rig = startReader();
  await rig.opened(5);
  rig.news();
  return rig;
}

describe('fifo-reader machine', () => {
  it('opens the pipe, says that it is up, and reads', async () => {
    const { opened, state, news } = startReader();
    expect(news()).toEqual(['open']);
    await opened(5);
    expect(state()).toEqual({ reading: 'flowing' });
    expect(news()).toEqual(['child.ready fifo-reader', 'read 5']);
  });

  it('delivers what the pipe gives, while held too', async () => {
    const { send, tell, news } = await startReading();
    tell({ type: 'fifo.batch', batch: batchAt(10) });
    send('reader.pause');
    tell({ type: 'fifo.batch', batch: batchAt(20) });
    expect(news()).toEqual(['deliver 10', 'pipe.pause', 'deliver 20']);
  });

  it('says that it is not up yet while the pipe cannot be opened, and tries again each second', async () => {
    const { clock, refused, opened, state, news, context } = startReader();
    await refused('a folder stands there');
    expect(news()).toEqual(['open', 'stuck: Error: a folder stands there']);
    expect(context().stuckBecause).toBe('Error: a folder stands there');
    clock.increment(999);
    expect(news()).toEqual([]);
    clock.increment(1);
    expect(news()).toEqual(['open']);
    await opened(5);
    expect(news()).toEqual(['child.ready fifo-reader', 'read 5']);
    expect(state()).toEqual({ reading: 'flowing' });
    expect(context().stuckBecause).toBeUndefined();
  });

  describe('pause and resume', () => {
    it('hold the pipe and let it flow, however often they come', async () => {
      const { send, state, news } = await startReading();
      send('reader.pause');
      expect(state()).toEqual({ reading: 'held' });
      send('reader.pause');
      send('reader.resume');
      expect(state()).toEqual({ reading: 'flowing' });
      send('reader.resume');
      expect(news()).toEqual(['pipe.pause', 'pipe.resume']);
    });

    it('count while the pipe is being opened', async () => {
      const { send, opened, state, news } = startReader();
      send('reader.pause');
      await opened(5);
      expect(state()).toEqual({ reading: 'held' });
      expect(news()).toEqual(['open', 'child.ready fifo-reader', 'read 5 paused']);
      send('reader.resume');
      expect(news()).toEqual(['pipe.resume']);
    });

    it('count while it is stuck', async () => {
      const { clock, send, tell, state, news } = await startReading();
      tell({ type: 'fifo.stuck', reason: 'full disk' });
      send('reader.pause');
      clock.increment(1_000);
      expect(state()).toEqual({ reading: 'held' });
      tell({ type: 'fifo.stuck', reason: 'full disk' });
      send('reader.resume');
      clock.increment(1_000);
      expect(state()).toEqual({ reading: 'flowing' });
      expect(news().filter((what) => what.startsWith('read '))).toEqual(['read 5 paused', 'read 5']);
    });

    it('count while the pipe is replaced', async () => {
      const { send, tell, closed, opened, state, news } = await startReading();
      send('reader.pause');
      tell({ type: 'fifo.lost' });
      await closed();
      await opened(6);
      expect(state()).toEqual({ reading: 'held' });
      tell({ type: 'fifo.lost' });
      send('reader.resume');
      await closed();
      await opened(7);
      expect(state()).toEqual({ reading: 'flowing' });
      expect(news().filter((what) => what.startsWith('read '))).toEqual(['read 6 paused', 'read 7']);
    });
  });

  it('opens no second pipe while the journal refuses, and reads on from the one it has', async () => {
    const { clock, tell, state, context, news } = await startReading();
    for (let round = 0; round < 5; round += 1) {
      tell({ type: 'fifo.stuck', reason: 'ENOSPC' });
      expect(state()).toBe('stuck');
      expect(context()).toMatchObject({ stuckBecause: 'ENOSPC', fifo: fifoOf(5) });
      clock.increment(1_000);
      expect(state()).toEqual({ reading: 'flowing' });
    }
    const round = ['stuck: ENOSPC', 'stop reading', 'read 5'];
    expect(news()).toEqual([...round, ...round, ...round, ...round, ...round]);
  });

  it('looks after the pipe once a second, with one chain of looks however often it was stuck or held', async () => {
    const { clock, send, tell, news } = await startReading();
    for (let round = 0; round < 3; round += 1) {
      clock.increment(400);
      tell({ type: 'fifo.stuck', reason: 'ENOSPC' });
      clock.increment(1_000);
      send('reader.pause');
      send('reader.resume');
    }
    news();
    for (let second = 0; second < 4; second += 1) {
      clock.increment(999);
      expect(news()).toEqual([]);
      clock.increment(1);
      expect(news()).toEqual(['pipe.verify']);
    }
  });

  it('asks nobody to look while it is stuck', async () => {
    const { clock, tell, news } = await startReading();
    tell({ type: 'fifo.stuck', reason: 'ENOSPC' });
    news();
    clock.increment(999);
    expect(news()).toEqual([]);
  });

  it('closes a pipe that was removed before it opens another, and delivers what was still in it', async () => {
    const { tell, closed, opened, state, news } = await startReading();
    tell({ type: 'fifo.lost' });
    expect(news()).toEqual(['replaced', 'stop reading', 'close 5']);
    await closed([batchAt(10), batchAt(20)]);
    expect(news()).toEqual(['deliver 10', 'deliver 20', 'open']);
    await opened(6);
    expect(state()).toEqual({ reading: 'flowing' });
    expect(news()).toEqual(['child.ready fifo-reader', 'read 6']);
  });

  it('opens another pipe also where the old one could not be closed, and never reads the old one again', async () => {
    const { clock, tell, closeFailed, refused, opened, news } = await startReading();
    tell({ type: 'fifo.lost' });
    await closeFailed();
    await refused('EACCES');
    clock.increment(1_000);
    await opened(6);
    expect(news()).toEqual([
      'replaced',
      'stop reading',
      'close 5',
      'open',
      'stuck: Error: EACCES',
      'open',
      'child.ready fifo-reader',
      'read 6',
    ]);
  });

  describe('child.stop', () => {
    it('closes the pipe, delivers what was still in it, and ends', async () => {
      const { send, closed, state, status, news } = await startReading();
      send('child.stop');
      expect(state()).toBe('closing');
      expect(news()).toEqual(['stop reading', 'close 5']);
      await closed([batchAt(10)]);
      expect(status()).toBe('done');
      expect(news()).toEqual(['deliver 10', 'done']);
    });

    it('ends also where the pipe cannot be closed', async () => {
      const { send, closeFailed, status } = await startReading();
      send('child.stop');
      await closeFailed();
      expect(status()).toBe('done');
    });

    it('asked for twice closes once', async () => {
      const { send, closed, news, status } = await startReading();
      send('child.stop');
      send('child.stop');
      expect(news()).toEqual(['stop reading', 'close 5']);
      await closed();
      expect(status()).toBe('done');
    });

    it('ends while the pipe is being opened', async () => {
      const { send, closed, status, news } = startReader();
      send('child.stop');
      expect(news()).toEqual(['open', 'close nothing']);
      await closed();
      expect(status()).toBe('done');
    });

    it('ends while it is held', async () => {
      const { send, closed, status, news } = await startReading();
      send('reader.pause');
      send('child.stop');
      await closed();
      expect(status()).toBe('done');
      expect(news()).toEqual(['pipe.pause', 'stop reading', 'close 5', 'done']);
    });

    it('closes the pipe that it is stuck with', async () => {
      const { clock, send, tell, closed, status, news } = await startReading();
      tell({ type: 'fifo.stuck', reason: 'ENOSPC' });
      send('child.stop');
      clock.increment(5_000);
      await closed();
      expect(status()).toBe('done');
      expect(news()).toEqual(['stuck: ENOSPC', 'stop reading', 'close 5', 'done']);
    });

    it('ends while there is no pipe', async () => {
      const { clock, send, refused, closed, status, news } = startReader();
      await refused('EACCES');
      send('child.stop');
      clock.increment(5_000);
      await closed();
      expect(status()).toBe('done');
      expect(news()).toEqual(['open', 'stuck: Error: EACCES', 'close nothing', 'done']);
    });

    it('ends while the pipe is replaced, and does not close it twice', async () => {
      const { send, tell, closed, status, news } = await startReading();
      tell({ type: 'fifo.lost' });
      send('child.stop');
      await closed();
      expect(status()).toBe('done');
      expect(news()).toEqual(['replaced', 'stop reading', 'close 5', 'close nothing', 'done']);
    });
  });

  it('fails loudly when an actor was not provided', async () => {
    const actor = createActor(fifoReaderMachine);
    actor.subscribe({ error: () => undefined });
    const ended = toPromise(actor);
    actor.start();
    await expect(ended).rejects.toThrow('fifo-reader machine: "reportStuck" was not provided');
  });
});
