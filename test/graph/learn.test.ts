import { describe, expect, it } from 'vitest';
import { StoreAwayError } from '../../src/lib/errors.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { learnPending, type Reader } from '../../src/graph/learn.ts';
import { recordEvents } from '../../src/events/rows/record-events.ts';
import { directReader, putMemory, putTask } from '../helpers/graph-fixtures.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase(
  'memory_embeddings',
  'tasks',
  'entities',
  'entity_names',
  'graph_pending',
  'machines',
  'activity_log',
);

const givenUp: unknown[] = [];
const learn = (reader: Reader = directReader(), budgetMs = 60_000) =>
  learnPending({
    store,
    reader,
    budgetMs,
    onGivenUp: (row, error) => givenUp.push([row, error]),
  });
const desk = () => createGraph({ store, by: 'cli' });
const pending = async (): Promise<number> =>
  (await store.query<{ count: number }>({ text: 'SELECT count(*) AS count FROM graph_pending' })).rows[0]
    ?.count ?? -1;

describe('learning the graph', () => {
  it('draws entities and relations with evidence from a memory', async () => {
    const id = await putMemory(store, 'The backup-job on nas was restarted by Anna Schmidt.');
    expect(await learn()).toEqual({ sources: 1, isMore: false });
    const nas = await desk().entity('nas');
    expect(nas).toMatchObject({ kind: 'host', name: 'nas', trust: 'owner', mentions: 1 });
    expect(nas.evidence).toMatchObject([
      {
        memoryId: id,
        taskId: null,
        trust: 'owner',
        snippet: 'The backup-job on nas was restarted by Anna Schmidt.',
      },
    ]);
    const anna = await desk().entity('anna schmidt');
    expect(
      anna.relations.map(({ predicate, direction, other }) => [predicate, direction, other.name]),
    ).toContainEqual(['restart', 'out', 'backup-job']);
    expect(await pending()).toBe(0);
  });

  it('reads reports that were queued, and forgets them with their rows', async () => {
    await store.query({ text: 'TRUNCATE events CASCADE' });
    const report = (id: number, isReport: boolean, payload: string) => ({
      ...{
        id,
        priority: 3,
        category: 'metric',
        source: 'fleet:web-1',
        route: 'reflex:record',
        rule: 'otherwise',
      },
      ...{ payload, occurredAt: 0, receivedAt: Date.now(), status: 'done' as const, isReport },
    });
    const records = [
      report(71, true, JSON.stringify({ text: 'nginx runs on web-1' })),
      report(72, false, 'postgres runs on db-9'),
    ];
    await recordEvents(store, records, new Date());
    expect(await learn()).toMatchObject({ sources: 1 });
    expect(await desk().entity('web-1')).toMatchObject({
      trust: 'local',
      evidence: [{ memoryId: null, taskId: null, eventId: 71, snippet: 'nginx runs on web-1' }],
    });
    await expect(desk().entity('db-9')).rejects.toThrow('there is no entity');
    await store.query({ text: 'DELETE FROM events' });
    expect(await learn()).toMatchObject({ sources: 1 });
    await expect(desk().entity('web-1')).rejects.toThrow('there is no entity');
  });

  it('counts one message once, though a memory and a task come of it', async () => {
    await putMemory(store, 'Bob Miller lives in Berlin.', { eventId: 7 });
    await putTask(store, {
      prompt: 'Bob Miller lives in Berlin.',
      eventId: 7,
      reply: 'Noted: Bob Miller lives in Berlin.',
    });
    await learn();
    const bob = await desk().entity('Bob Miller');
    expect(bob.mentions).toBe(1);
    expect(bob.relations).toMatchObject([{ predicate: 'live_in', mentions: 1 }]);
    await putMemory(store, 'Bob Miller called.', { eventId: 8 });
    await learn();
    expect((await desk().entity('Bob Miller')).mentions).toBe(2);
  });

  it('reads a memory again when it has changed, and forgets what only a deleted one had said', async () => {
    const id = await putMemory(store, 'Carla Rossi lives in Rome.');
    await learn();
    await store.query({
      text: `UPDATE memory_embeddings SET content = 'Carla Rossi lives in Milan.' WHERE id = $1`,
      values: [id],
    });
    await learn();
    const carla = await desk().entity('Carla Rossi');
    expect(carla.relations.map(({ other }) => other.name)).toEqual(['Milan']);
    await expect(desk().entity('Rome')).rejects.toThrow('there is no entity Rome');
    await store.query({ text: 'DELETE FROM memory_embeddings WHERE id = $1', values: [id] });
    await learn();
    expect(await desk().search({ limit: 10 })).toEqual([]);
  });

  it('does not read a memory before its secrets were taken out', async () => {
    await putMemory(store, 'Bob Miller: password=hunter2', { prepared: false });
    expect(await learn()).toEqual({ sources: 0, isMore: false });
    await store.query({
      text: `UPDATE memory_embeddings SET content = 'Bob Miller: ‹redacted›', prepared = true`,
    });
    await learn();
    expect(JSON.stringify(await desk().entity('Bob Miller'))).not.toContain('hunter2');
  });

  it('does not let a stranger raise or lower the trust of what the owner mentioned, and marks what the stranger said', async () => {
    await putMemory(store, 'Bob Miller works at Siemens.', { trust: 'owner' });
    await putMemory(store, 'Bob Miller works at Siemens. Eve Adams is here.', {
      trust: 'untrusted',
      source: 'email',
    });
    await learn();
    const bob = await desk().entity('Bob Miller');
    expect(bob.trust).toBe('owner');
    expect(bob.evidence.map(({ trust }) => trust).sort()).toEqual(['owner', 'untrusted']);
    expect((await desk().entity('Eve Adams')).trust).toBe('untrusted');
  });

  it('takes an alias from the owner and none from a stranger', async () => {
    await putMemory(store, 'Robert Fischer, also known as Bobby, came.', { trust: 'owner' });
    await putMemory(store, 'Robert Fischer, also known as Anna, came.', {
      trust: 'untrusted',
      source: 'email',
    });
    await learn();
    const robert = await desk().entity('Robert Fischer');
    expect(robert.aliases).toEqual(['Bobby']);
    expect((await desk().entity('Bobby')).id).toBe(robert.id);
  });

  it('takes a reply for the agent’s words, and for a stranger’s where it was told what strangers wrote', async () => {
    const mail = await putMemory(store, 'nothing', { trust: 'untrusted', source: 'email' });
    await putTask(store, { prompt: 'who?', reply: 'It was Carl Jensen.', eventId: 1 });
    await putTask(store, {
      prompt: 'who?',
      reply: 'It was Dora Novak.',
      eventId: 2,
      memories: [{ id: `memory:${mail}` }],
    });
    await learn();
    expect((await desk().entity('Carl Jensen')).trust).toBe('local');
    expect((await desk().entity('Dora Novak')).trust).toBe('untrusted');
  });

  it('knows the machine that a report is about, and names of the fleet in any text', async () => {
    await store.query({
      text: `INSERT INTO machines (name, kind, state_since, created_at) VALUES ('basement', 'local', now(), now())`,
    });
    await putMemory(store, 'load is high', { source: 'fleet:web-1', trust: 'local' });
    await putMemory(store, 'basement was rebooted', { trust: 'owner' });
    await learn();
    expect((await desk().search({ kind: 'host', limit: 10 })).map(({ name }) => name).sort()).toEqual([
      'basement',
      'web-1',
    ]);
  });

  it('leaves the rest to the next pass when its time is up', async () => {
    for (let index = 0; index < 25; index += 1) await putMemory(store, `note ${index} about nas`);
    const first = await learn(directReader(), 0);
    expect(first.isMore).toBe(true);
    let passes = 1;
    while ((await learn(directReader(), 0)).isMore) passes += 1;
    expect(passes).toBeLessThan(25);
    expect(await pending()).toBe(0);
    expect((await desk().entity('nas')).mentions).toBe(25);
  });

  it('gives up a text that cannot be read after three tries, and reads its neighbours', async () => {
    const good = directReader();
    const reader: Reader = {
      ...good,
      read: (text, trust) =>
        text.includes('poison') ? Promise.reject(new Error('hung')) : good.read(text, trust),
    };
    givenUp.length = 0;
    await putMemory(store, 'poison');
    const bad = await putMemory(store, 'poison too');
    await putMemory(store, 'nas is up');
    for (let turn = 0; turn < 4; turn += 1) await learn(reader);
    expect(givenUp).toHaveLength(2);
    expect(givenUp[1]).toMatchObject([{ origin: 'memory', origin_id: bad }, { message: 'hung' }]);
    expect((await desk().entity('nas')).mentions).toBe(1);
    expect(await pending()).toBe(0);
  });

  it('loses nothing to an outage: what it was reading stays in the queue', async () => {
    await putMemory(store, 'nas is up');
    const away = new StoreAwayError('away');
    const lost = { ...store, transaction: () => Promise.reject(away) };
    const passing = learnPending({ store: lost, reader: directReader(), onGivenUp: () => undefined });
    await expect(passing).rejects.toBe(away);
    expect(await pending()).toBe(1);
    await learn();
    expect((await desk().entity('nas')).mentions).toBe(1);
  });
});
