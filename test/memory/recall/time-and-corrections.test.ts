import { describe, expect, it, vi } from 'vitest';
import { DAY } from '../../../src/lib/time.ts';
import { editMemory } from '../../../src/memory/rows/edit-memory.ts';
import { insertMemory, type NewMemory } from '../../../src/memory/rows/insert-memory.ts';
import { memoryKeeperOn } from '../../helpers/memory-keeper.ts';
import { recallerOn } from '../../helpers/recall.ts';
import { useDatabase } from '../../helpers/use-database.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const { store } = useDatabase('memory_embeddings', 'memory_documents', 'tasks');
const { signal } = new AbortController();
const now = new Date('2026-11-29T10:00:00Z');
const daysAgo = (days: number): Date => new Date(now.getTime() - days * DAY);

const keep = () => memoryKeeperOn(store, { now: () => now }).keep(signal);
const say = (content: string, days: number, more: Partial<NewMemory> = {}) =>
  insertMemory(store, {
    content,
    kind: 'note',
    source: 'cli',
    trust: 'owner',
    origin: 'extraction',
    now: daysAgo(days),
    ...more,
  });
const recalled = async (text: string): Promise<string[]> => {
  const { memories } = await recallerOn(store, { now: () => now }).recall({
    text,
    limit: 8,
    budgetTokens: 2_000,
    signal,
  });
  return memories.map(({ content }) => content);
};

describe('the time that is asked about', () => {
  it('decides between memories of the same words', async () => {
    const days = [1, 3, 8, 12, 40, 250, 400];
    for (const number of days) await say(`the pump in the garden was repaired by helper ${number}`, number);
    await keep();
    const first = async (text: string): Promise<string | undefined> => (await recalled(text))[0];
    expect(await first('who repaired the pump yesterday?')).toMatch(/helper 1$/);
    expect(await first('who repaired the pump three days ago?')).toMatch(/helper 3$/);
    expect(await first('who repaired the pump last week?')).toMatch(/helper (?:8|12)$/);
    expect(await first('who repaired the pump last month?')).toMatch(/helper 40$/);
    expect(await first('who repaired the pump in March?')).toMatch(/helper 250$/);
    expect(await first('who repaired the pump last year?')).toMatch(/helper 400$/);
    expect(await first('who repaired the pump on the 17th?')).toMatch(/helper 12$/);
  });

  it('finds what no word of the question is in, and finds it among many others', async () => {
    for (let number = 0; number < 80; number += 1)
      await say(`something happened with parcel ${number} that happened before`, 30 + number);
    await say('Marek brought the drill back', 1);
    await keep();
    expect(await recalled('what happened yesterday?')).toEqual(['Marek brought the drill back']);
  });
});

describe('a time in a question about what holds', () => {
  it('does not hide what was said long before', async () => {
    await say('the spare key is with Ulla in the blue house', 60);
    await say('the plumber comes on Friday at nine', 8);
    for (let number = 0; number < 15; number += 1)
      await say(`parcel ${number} came by the back door`, number / 100);
    for (let number = 0; number < 15; number += 1)
      await say(`letter ${number} went to the office`, 2 + number / 100);
    await keep();
    expect((await recalled('who has the spare key today?'))[0]).toMatch(/Ulla/);
    expect((await recalled('who comes on Friday?'))[0]).toMatch(/plumber/);
    expect((await recalled('what is on Friday?'))[0]).toMatch(/plumber/);
  });
});

const corrections = [
  [
    'the spare key is with Ulla in the blue house',
    'Ulla moved, the spare key is with Tom at number 12 now',
    'who has the spare key?',
    'Ulla in the blue house',
  ],
  ['My doctor is Dr. Lin', 'My doctor is Dr. Kovacs', 'who is my doctor?', 'Lin'],
  [
    'The meeting with the bank is on Tuesday at ten',
    'The meeting with the bank was moved to Thursday at two',
    'when is the meeting with the bank?',
    'Tuesday',
  ],
  ['My rent is 900 euros', 'My rent is 950 euros', 'how much is my rent?', '900'],
  ['I live in Paris', 'I moved to Lyon', 'where do I live?', 'Paris'],
  ['Marek has the drill', 'the drill is with Petra', 'who has the drill?', 'Marek'],
  [
    'The guest wifi is called Kiosk',
    'The guest wifi is called Harbour',
    'what is the guest wifi called?',
    'Kiosk',
  ],
  [
    'Der Ersatzschlüssel liegt bei Ulla',
    'Der Ersatzschlüssel ist jetzt bei Tom',
    'wo ist der Ersatzschlüssel?',
    'Ulla',
  ],
  ['La clé est chez Marie', 'La clé est chez Paul', 'où est la clé ?', 'Marie'],
  ['备用钥匙在王阿姨家', '备用钥匙现在在李叔叔家', '备用钥匙在哪里？', '王阿姨'],
  [
    'The bins are collected on Mondays',
    'The bins are collected on Thursdays now',
    'when are the bins collected?',
    'Mondays',
  ],
  [
    "Anna's phone number is 555 1234",
    "Anna's new number is 555 9876",
    "what is Anna's phone number?",
    '1234',
  ],
  [
    'The gym membership costs 40 euros',
    'The gym raised the membership to 55 euros',
    'how much does the gym membership cost?',
    '40',
  ],
  ['合鍵は山田さんが持っています', '合鍵は今、田中さんが持っています', '合鍵は誰が持っていますか', '山田'],
  ['المفتاح عند سعاد', 'المفتاح الآن عند علا', 'أين المفتاح؟', 'سعاد'],
] as const;

describe('a correction', () => {
  it.each(corrections)(
    'stands in the place of %j and says what it replaced',
    async (older, newer, question, value) => {
      await say(older, 20);
      await keep();
      await say(newer, 2);
      await say('the cellar light flickers since autumn', 1);
      await keep();
      const found = await recalled(question);
      expect(found[0]).toContain(newer);
      expect(found[0]).toContain(`(This replaced what was said on 2026-11-09: ${older}`);
      expect(found.slice(1).join('\n')).not.toContain(value);
      // The words of the old one lead to what holds now.
      expect((await recalled(older))[0]).toContain(newer);
    },
  );

  it.each([
    ['the spare key is with Ulla', 'the spare key is with Ulla in the blue house'],
    ['My brother lives in Rome', 'My sister lives in Oslo'],
    ['I like tea', 'I like coffee'],
    ['The cat is black', 'The cat is old'],
    ['My car is red', 'My car is broken'],
    ['port 8080 is used by nginx', 'port 8081 is used by grafana'],
    ['Lena is allergic to peanuts', 'Lena is allergic to sesame'],
    ['The meeting is on Tuesday', 'The party is on Friday'],
    ['the nas holds the photos', 'the nas now holds the videos too'],
    ['Tom works at Siemens', 'Anna works at Bosch now'],
  ])('is not seen in %j and %j', async (one, other) => {
    await say(one, 20);
    await say(other, 2);
    await keep();
    const { rows } = await store.query({
      text: 'SELECT FROM memory_embeddings WHERE replaced_by IS NOT NULL',
    });
    expect(rows).toHaveLength(0);
  });

  it('goes by when it was said, not by when it was stored, and follows chains and denials', async () => {
    await say('My doctor is Dr. Kovacs', 2);
    await keep();
    await say('My doctor is Dr. Lin', 20, { origin: 'import' });
    await say('My doctor is Dr. Ono', 10, { origin: 'import' });
    await say('the drill is with Petra', 5);
    await say('the drill is no longer with Petra', 3);
    await keep();
    expect((await recalled('my doctor Lin'))[0]).toMatch(/^My doctor is Dr. Kovacs\n\(.*Dr\. Ono\)$/);
    expect((await recalled('the drill is with Petra'))[0]).toMatch(/^the drill is no longer with Petra/);
  });

  it('is never a stranger’s, nor a sensor’s, and ends when it is forgotten or edited', async () => {
    const owner = await say('My doctor is Dr. Lin', 20);
    await say('My doctor is Dr. Evil', 1, { trust: 'untrusted', source: 'mail:x', origin: 'event' });
    await say('The disk of web-1 is at 90 percent', 3, {
      trust: 'local',
      source: 'fleet:web-1',
      origin: 'event',
    });
    await say('The disk of web-1 is at 40 percent', 1, {
      trust: 'local',
      source: 'fleet:web-1',
      origin: 'event',
    });
    await keep();
    const replaced = async (): Promise<unknown[]> =>
      (
        await store.query<{ id: number }>({
          text: 'SELECT id FROM memory_embeddings WHERE replaced_by IS NOT NULL',
        })
      ).rows;
    expect(await replaced()).toEqual([]);
    const newer = await say('My doctor is Dr. Kovacs', 2);
    await keep();
    expect(await replaced()).toEqual([{ id: owner }]);
    await store.transaction((tx) =>
      editMemory(tx, newer, { change: { content: 'My dentist is Dr. Kovacs' }, now }),
    );
    await keep();
    expect(await replaced()).toEqual([]);
    const third = await say('My doctor is Dr. Ono', 1);
    await keep();
    expect(await replaced()).toEqual([{ id: owner }]);
    await store.query({ text: 'DELETE FROM memory_embeddings WHERE id = $1', values: [third] });
    expect(await replaced()).toEqual([]);
  });

  it('gives way to what was said again', async () => {
    await say('the drill is with Petra', 9);
    await say('the drill is with Marek', 5);
    await keep();
    await say('the drill is with Petra', 1);
    await keep();
    expect((await recalled('who has the drill?'))[0]).toMatch(/^the drill is with Petra\n\(.*Marek\)$/);
  });

  it('is seen among memories that were prepared before there were keys', async () => {
    await say('My rent is 900 euros', 20);
    await say('My rent is 950 euros', 2);
    await keep();
    await store.query({
      text: `UPDATE memory_embeddings SET merge_key = NULL, things = '{}', replaced_by = NULL`,
    });
    await keep();
    expect((await recalled('how much is my rent?'))[0]).toMatch(/^My rent is 950 euros\n\(.*900 euros\)$/);
    await say('My rent is 950 euros', 1);
    await keep();
    const { rows } = await store.query({ text: 'SELECT seen_count FROM memory_embeddings ORDER BY id' });
    expect(rows).toEqual([{ seen_count: 1 }, { seen_count: 2 }]);
  });
});
