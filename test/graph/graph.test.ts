import { describe, expect, it } from 'vitest';
import { createGraph } from '../../src/graph/graph.ts';
import { learnPending } from '../../src/graph/learn.ts';
import { boundGraph } from '../../src/graph/rows/bound.ts';
import { directReader, putMemory } from '../helpers/graph-fixtures.ts';
import { useDatabase } from '../helpers/use-database.ts';

const database = useDatabase(
  'memory_embeddings',
  'tasks',
  'entities',
  'entity_names',
  'graph_pending',
  'machines',
  'activity_log',
);

const desk = () => createGraph({ store: database.store, by: 'cli' });
const names = async (): Promise<string[]> =>
  (await desk().search({ limit: 100 })).map(({ name }) => name).sort();

async function read(...texts: string[]): Promise<void> {
  for (const text of texts) await putMemory(database.store, text);
  await learnPending({
    store: database.store,
    reader: directReader(),
    budgetMs: 60_000,
    onGivenUp: (_, error) => {
      throw error;
    },
  });
}

/** Everything that the graph shows, without the numbers of rows. */
async function everything(): Promise<unknown> {
  const { rows } = await database.store.query({
    text: `SELECT e.kind, e.name, e.aliases, e.mentions, e.trust, jsonb_array_length(e.evidence) AS evidence,
                  (SELECT array_agg(concat_ws(' ', s.name, predicate, o.name, r.mentions) ORDER BY 1)
                     FROM entity_relations r JOIN entities s ON s.id = r.subject_id JOIN entities o ON o.id = r.object_id
                    WHERE s.id = e.id OR o.id = e.id) AS relations
             FROM entities e ORDER BY kind, name`,
  });
  return rows.map((row) => ({ ...row, relations: sortedRelations(row['relations']) }));
}

/** What merely stands together has no direction, and may come back the other way round. */
function sortedRelations(relations: unknown): string[] {
  return ((relations ?? []) as string[])
    .map((text) => (text.includes('mentioned_with') ? text.split(' ').sort().join(' ') : text))
    .sort();
}

describe('amending the graph', () => {
  it('merges two, follows the merge when more is read, and undoes it by splitting', async () => {
    await read(
      'Bob Miller lives in Berlin.',
      'Robert Miller works at Siemens and lives in Berlin.',
      'Robert Miller called Anna Schmidt.',
    );
    const before = await everything();
    const bob = await desk().entity('Bob Miller');
    const merged = await desk().merge('Robert Miller', 'Bob Miller');
    expect(merged.id).toBe(bob.id);
    const one = await desk().entity('Robert Miller');
    expect(one).toMatchObject({ id: bob.id, mentions: 3 });
    expect([one.name, ...one.aliases].sort()).toEqual(['Bob Miller', 'Robert Miller']);
    expect(
      one.relations.map(({ predicate, other, mentions }) => `${predicate} ${other.name} ${mentions}`).sort(),
    ).toEqual(['call Anna Schmidt 1', 'live_in Berlin 2', 'work_at Siemens 1']);

    await desk().split('Bob Miller', ['Robert Miller']);
    expect(await everything()).toEqual(before);

    await desk().merge('Robert Miller', 'Bob Miller');
    await read('Robert Miller visited Rome.');
    expect(await desk().entity('Bob Miller')).toMatchObject({ id: bob.id, mentions: 4 });
    expect((await names()).filter((name) => name.includes('Miller'))).toHaveLength(1);
  });

  it('writes each act of the owner into the activity log', async () => {
    await read('Bob Miller called Anna Schmidt.');
    await desk().merge('Bob Miller', 'Anna Schmidt');
    const { rows } = await database.store.query({ text: 'SELECT actor, action, summary FROM activity_log' });
    expect(rows).toMatchObject([{ actor: 'owner', action: 'entity.merged' }]);
    expect(rows[0]?.['summary']).toContain('undoes it');
  });

  it('splits a name off that the entity was made by', async () => {
    await read('Bob Miller lives in Berlin.', 'Robert Miller works at Siemens.');
    await desk().merge('Robert Miller', 'Bob Miller');
    const old = await desk().entity('Bob Miller');
    const { id } = await desk().split(String(old.id), ['Bob Miller']);
    expect(id).not.toBe(old.id);
    expect(await desk().entity('Robert Miller')).toMatchObject({ id: old.id, mentions: 1, aliases: [] });
    expect((await desk().entity('Bob Miller')).relations.map(({ other }) => other.name)).toEqual(['Berlin']);
    await read('Bob Miller and Robert Miller met.');
    expect((await desk().entity('Bob Miller')).mentions).toBe(2);
  });

  it('refuses to split what an entity is not called, or all that it is called', async () => {
    await read('Bob Miller called.');
    await expect(desk().split('Bob Miller', ['Zed'])).rejects.toThrow(
      'Bob Miller does not go by Zed; its names are: Bob Miller',
    );
    await expect(desk().split('Bob Miller', ['Bob Miller'])).rejects.toThrow('would have no name left');
    await expect(desk().merge('Bob Miller', 'bob miller')).rejects.toThrow('are one already');
    await expect(desk().entity('Bob Milner')).rejects.toThrow('did you mean Bob Miller');
    const { rows } = await database.store.query({ text: 'SELECT * FROM activity_log' });
    expect(rows).toEqual([]);
  });

  it('keeps a name that the owner gave, and the old ones as aliases', async () => {
    await read('Mom called.', 'Lena Brandt called.', 'Lena Brandt called again.');
    await desk().rename('Lena Brandt', 'Lena');
    await read('Lena Brandt wrote a letter.');
    expect(await desk().entity('Lena')).toMatchObject({
      name: 'Lena',
      aliases: ['Lena Brandt'],
      mentions: 3,
      taught: true,
    });
    await read('Tom Sorensen called.');
    await expect(desk().rename('Tom Sorensen', 'Lena')).rejects.toThrow('merge them if they are one');
  });

  it('forgets with all evidence, for good where it is to be ignored', async () => {
    await read('Home Assistant failed on nas.', 'Carla Rossi called.');
    await desk().forget('Carla Rossi', { ignore: false });
    await desk().forget('nas', { ignore: true });
    expect(await names()).toEqual(['Home Assistant']);
    await read('nas is up again.', 'Carla Rossi wrote.');
    expect(await names()).toEqual(['Carla Rossi', 'Home Assistant']);
    expect(await desk().ignored(10)).toEqual([{ kind: 'host', name: 'nas' }]);
    await desk().teach({ kind: 'host', name: 'nas', aliases: [] });
    await read('nas is up once more.');
    expect(await desk().entity('nas')).toMatchObject({ mentions: 1 });
    expect(await desk().ignored(10)).toEqual([]);
  });

  it('recognises what the owner taught, in any text and by every name', async () => {
    await desk().teach({ kind: 'person', name: 'Priya Raghunathan', aliases: ['Pri'] });
    await read('lunch with Pri tomorrow');
    expect(await desk().entity('priya raghunathan')).toMatchObject({
      mentions: 1,
      trust: 'owner',
      aliases: ['Pri'],
    });
    await expect(desk().teach({ kind: 'host', name: '...', aliases: [] })).rejects.toThrow(
      'is no name of a host',
    );
  });
});

describe('looking at the graph', () => {
  it('finds by name, part of a name, alias and near spelling, the closest first', async () => {
    await read('Anna Schmidt called.', 'Annabel Schmidtke called.', 'nas is up', 'web-01 is up');
    const find = async (text: string) => (await desk().search({ text, limit: 10 })).map(({ name }) => name);
    expect(await find('anna schmidt')).toEqual(['Anna Schmidt', 'Annabel Schmidtke']);
    expect((await find('Ana Schmit'))[0]).toBe('Anna Schmidt');
    expect(await find('web')).toEqual(['web-01']);
    expect(await find('zzz')).toEqual([]);
    expect((await desk().search({ kind: 'host', limit: 10 })).map(({ name }) => name).sort()).toEqual([
      'nas',
      'web-01',
    ]);
  });

  it('pages on through the most mentioned and through what was found, each once', async () => {
    await read('Anna Schmidt called.', 'Annabel Schmidtke called.', 'nas is up', 'web-01 is up', 'nas is up');
    const pages = async (query: { text?: string }) => {
      const seen: string[] = [];
      let before: number | undefined;
      for (;;) {
        const [first] = await desk().search({ ...query, before, limit: 1 });
        if (first === undefined) return seen;
        seen.push(first.name);
        before = first.id;
      }
    };
    const whole = async (query: { text?: string }) =>
      (await desk().search({ ...query, limit: 100 })).map(({ name }) => name);
    expect(await pages({})).toEqual(await whole({}));
    expect(new Set(await pages({})).size).toBeGreaterThan(3);
    expect(await pages({ text: 'schmidt' })).toEqual(await whole({ text: 'schmidt' }));
    expect(await pages({ text: 'schmidt' })).toEqual(['Anna Schmidt', 'Annabel Schmidtke']);
    expect(await desk().search({ before: 99_999, limit: 9 })).toEqual([]);
  });

  it('draws the most mentioned entities, or the neighbourhood of one, with what joins them', async () => {
    await read(
      'backup-job runs on nas.',
      'nginx runs on web-01.',
      'Anna Schmidt restarted nas.',
      'nas is up',
    );
    const all = await desk().picture({ limit: 2 });
    expect(all.total).toBe(5);
    expect(all.nodes).toHaveLength(2);
    expect(all.nodes[0]?.name).toBe('nas');
    const nas = await desk().entity('nas');
    const around = await desk().picture({ limit: 10, around: nas.id });
    expect(around.nodes.map(({ name }) => name).sort()).toEqual(['Anna Schmidt', 'backup-job', 'nas']);
    expect(around.edges.map(({ predicate }) => predicate).sort()).toEqual(['restart', 'run_on']);
    const people = await desk().picture({ limit: 10, around: nas.id, kind: 'person' });
    expect(people.nodes.map(({ name }) => name).sort()).toEqual(['Anna Schmidt', 'nas']);
  });
});

describe('the bounds of the graph', () => {
  it('drops what strangers mentioned least and longest ago, and never what the owner taught', async () => {
    for (let index = 0; index < 6; index += 1)
      await putMemory(database.store, `host srv-0${index}.example.org is up`, {
        trust: 'untrusted',
        source: 'email',
        at: new Date(1e12 + index),
      });
    await putMemory(database.store, 'host srv-00.example.org again', {
      trust: 'untrusted',
      source: 'email',
      at: new Date(1e12),
    });
    await desk().teach({ kind: 'person', name: 'Old Friend', aliases: [] });
    await read('nas is up', 'web-01 is up');
    expect(await boundGraph(database.store, { entities: 4, untrustedEntities: 2, mentionsOfName: 1 })).toBe(
      4,
    );
    expect(await names()).toEqual([
      'Old Friend',
      'nas',
      'srv-00.example.org',
      'srv-05.example.org',
      'web-01',
    ]);
    const { rows } = await database.store.query({
      text: 'SELECT count(*) AS count FROM entity_mentions GROUP BY name_id',
    });
    expect(rows.every(({ count }) => count === 1)).toBe(true);
  });
});
