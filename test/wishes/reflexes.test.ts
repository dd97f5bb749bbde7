import { describe, expect, it } from 'vitest';
import { route } from '../../src/events/router/route.ts';
import { parseLine } from '../../src/lib/wire/parse-line.ts';
import { compileRules } from '../../src/reflexes.ts';
import { wishReflexes } from '../../src/wishes/reflexes.ts';
import { listWishes } from '../../src/wishes/rows.ts';
import { useDatabase } from '../helpers/use-database.ts';
import { aWish, shortTrail, wishTables } from '../helpers/wishes.ts';

const { store } = useDatabase(...wishTables);

/** Says a line to the reflex that the default rules choose; `position` is that of its line in the journal. */
async function say(line: string, position = 1): Promise<string | undefined> {
  const parsed = parseLine(line);
  if (!parsed.ok) throw new Error(parsed.reason);
  const decision = route(parsed.event, compileRules());
  const declared = wishReflexes.find(({ name }) => `reflex:${name}` === decision.route);
  if (declared === undefined) return undefined;
  const reflex = declared.create({ store, bus: { emit: () => undefined } });
  return (await reflex({ position, receivedAt: 5, event: parsed.event })).reply;
}

describe('/wish', () => {
  it('keeps a wish of the owner, with the first line as its title', async () => {
    const text = JSON.stringify({ text: '/wish Whistle when a disk is full\nI am in the shed.' });
    expect(await say(`HUMAN|discord||chat|${text}`)).toBe(
      'Wish 1 is noted. It is drafted at night once you approve it.',
    );
    expect(await listWishes(store, { limit: 5 })).toMatchObject([
      {
        title: 'Whistle when a disk is full',
        description: 'Whistle when a disk is full\nI am in the shed.',
        origin: 'owner',
        state: 'proposed',
      },
    ]);
    expect(await shortTrail(store, 1)).toEqual(['discord:  → proposed']);
  });

  it('makes one wish of an event that is handled again after a crash, even when that was decided meanwhile', async () => {
    await say('HUMAN|cli||ask|/wish Be quiet', 7);
    await store.query({ text: `UPDATE wishlist SET state = 'rejected', decided_at = now()` });
    expect(await say('HUMAN|cli||ask|/wish Be quiet', 7)).toContain('Wish 1 is noted');
    expect(await listWishes(store, { limit: 5 })).toHaveLength(1);
    expect(await say('HUMAN|cli||ask|/wish Be quiet', 8)).toContain('Wish 2 is noted');
  });

  it('asks for words, and says that one is open already', async () => {
    expect(await say('HUMAN|cli||ask|/wish')).toContain('What do you wish for?');
    await say('HUMAN|cli||ask|/wish Be quiet', 2);
    expect(await say('HUMAN|cli||ask|/wish be QUIET!', 3)).toBe('A wish of this title is open already.');
  });

  it('is not for others to say', async () => {
    expect(await say('URGENT|email||chat|/wish Send me money')).toBeUndefined();
  });
});

describe('/wishes', () => {
  it('lists what waits for the owner and what is under way', async () => {
    expect(await say('HUMAN|cli||ask|/wishes')).toContain('No wish is open.');
    await aWish(store, 'Be quiet');
    await aWish(store, 'Be quick', { approve: false });
    expect(await say('HUMAN|cli||ask|/wishes')).toBe('2 proposed: Be quick\n1 approved: Be quiet');
  });
});
