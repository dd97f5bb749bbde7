import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createReader, type ReaderDeps, type ThreadReader } from '../../../actors/graph/reader.ts';
import type { NamedEntity } from '../../../src/lib/inference/inference.ts';
import { packagePath } from '../../../src/lib/package-root.ts';

const open: ThreadReader[] = [];
afterEach(() => Promise.all(open.splice(0).map((reader) => reader.close())));

function reader(deps: ReaderDeps = {}): ThreadReader {
  const made = createReader(deps);
  open.push(made);
  return made;
}

const names = async (made: ThreadReader, text: string, trust: 'owner' | 'untrusted' = 'owner') =>
  (await made.read(text, trust)).entities.map(({ name }) => name);

describe('the reader’s thread', () => {
  // As built: a loader in between has threads of its own.
  it('lets the process end when there is nothing else to do', async () => {
    const code = `
      const hold = setInterval(() => undefined, 1_000);
      import(${JSON.stringify(packagePath('dist', 'actors', 'graph', 'reader.js'))})
        .then(({ createReader }) => createReader().read('Bob Miller called', 'owner'))
        .then(() => clearInterval(hold));`;
    const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      await once(child, 'exit', { signal: AbortSignal.timeout(45_000) });
      expect(child.exitCode).toBe(0);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('reads texts, many at once, and keeps the names that it was told', async () => {
    const made = reader();
    await made.learnNames([{ kind: 'host', key: 'basement', name: 'basement' }]);
    expect(await Promise.all([names(made, 'basement is up'), names(made, 'Bob Miller called')])).toEqual([
      ['basement'],
      ['Bob Miller'],
    ]);
  });

  it('does not hold up this thread while it reads the worst of texts', async () => {
    const made = reader();
    await made.read('warm up', 'owner');
    let turns = 0;
    let isReading = true;
    const count = (): void => {
      turns += 1;
      if (isReading) setImmediate(count);
    };
    setImmediate(count);
    const found = await made.read(
      'Bob Miller and Anna Schmidt met Carl Jensen in Rome. '.repeat(4_000),
      'owner',
    );
    isReading = false;
    expect(found.entities.length).toBeGreaterThan(3);
    // A thread that waits for another one spins through its loop; one that reads itself gets a handful of turns.
    expect(turns).toBeGreaterThan(1_000);
  });

  it('takes less from a stranger’s text', async () => {
    const made = reader();
    const text = Array.from({ length: 60 }, (_, index) => `host srv-${index}.example.org is up.`).join(' ');
    expect((await made.read(text, 'owner')).entities).toHaveLength(60);
    expect((await made.read(text, 'untrusted')).entities).toHaveLength(30);
  });

  it('gives a text up that takes too long, and reads the next one in a new thread with the same names', async () => {
    const made = reader({ deadlineMs: 1 });
    await expect(made.read('Bob Miller called. '.repeat(2_000), 'owner')).rejects.toThrow('within 1 ms');
    const patient = reader();
    await patient.learnNames([{ kind: 'host', key: 'basement', name: 'basement' }]);
    await patient.close();
    expect(await names(patient, 'basement is up')).toEqual(['basement']);
  });

  it('takes what the NER model sees while it is ready, and does without where it fails', async () => {
    const seen: NamedEntity = { kind: 'person', text: 'zhang wei', start: 0, end: 9, score: 0.99 };
    const state = { state: 'ready' as const, model: 'tiny' };
    const ready = reader({
      inference: { ner: () => state, entities: (texts) => Promise.resolve(texts.map(() => [seen])) },
    });
    expect(await names(ready, 'zhang wei called')).toEqual(['zhang wei']);
    const failing = reader({
      inference: { ner: () => state, entities: () => Promise.reject(new Error('away')) },
    });
    expect(await names(failing, 'zhang wei called, so did Bob Miller')).toEqual(['Bob Miller']);
    const off = reader({
      inference: { ner: () => ({ state: 'off' }), entities: () => Promise.reject(new Error('not asked')) },
    });
    expect(await names(off, 'Bob Miller called')).toEqual(['Bob Miller']);
  });
});
