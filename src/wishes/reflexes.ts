import type { Bus } from '../lib/bus.ts';
import { ConflictError } from '../lib/errors.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { type Face, faces } from '../lib/operations/operation.ts';
import { argumentOf } from '../lib/reflexes/command.ts';
import type { ReflexDeclaration } from '../lib/reflexes/declaration.ts';
import type { Reflex } from '../lib/reflexes/reflex.ts';
import type { Store } from '../lib/store/store.ts';
import { addWish } from './decide.ts';
import { listWishes, type Wish } from './rows.ts';

/** Needs of the reflexes of wishes; `now` is the clock's by default. */
export interface WishReflexDeps {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  now?: () => number;
}

const shownWishes = 20;
const maxTitleChars = 200;

/** Reflexes of wishes. */
export const wishReflexes: readonly ReflexDeclaration<WishReflexDeps>[] = [
  {
    name: 'wish',
    command: { usage: '/wish TEXT', does: 'keeps TEXT as a wish; its first line is the title' },
    create: createWishReflex,
  },
  {
    name: 'wishes',
    command: { usage: '/wishes', does: 'the wishes that wait for you, and those that are under way' },
    create: createWishesReflex,
  },
];

/** The wish carries the name of its event, so that the same event leaves one, however often it is handled. */
function createWishReflex({ store, bus, now = Date.now }: WishReflexDeps): Reflex {
  return async ({ event, position, receivedAt }) => {
    const text = argumentOf(event.text);
    if (text === '') return { reply: 'What do you wish for? Write /wish and what should be different.' };
    const saidKey = `${position}:${receivedAt}`;
    const said = await findSaid(store, saidKey);
    if (said !== undefined) return { reply: noted(said) };
    const [first = ''] = text.split('\n');
    const own = { title: first.trim().slice(0, maxTitleChars), description: text, saidKey };
    try {
      const wish = await store.transaction((tx) =>
        addWish(tx, { by: faceOf(event.source) }, own, new Date(now())),
      );
      bus.emit('list.changed', { list: 'wishes.list' });
      return { reply: noted(wish.id) };
    } catch (thrown) {
      if (thrown instanceof ConflictError) return { reply: 'A wish of this title is open already.' };
      throw thrown;
    }
  };
}

async function findSaid(store: Store, saidKey: string): Promise<number | undefined> {
  const { rows } = await store.query<{ id: number }>({
    name: 'wishes-said',
    text: 'SELECT id FROM wishlist WHERE said_key = $1',
    values: [saidKey],
  });
  return rows[0]?.id;
}

function noted(id: number): string {
  return `Wish ${id} is noted. It is drafted at night once you approve it.`;
}

function faceOf(source: string): Face {
  return faces.find((face) => face === source) ?? 'cli';
}

function createWishesReflex({ store }: WishReflexDeps): Reflex {
  return async () => {
    const rows = await Promise.all(
      (['proposed', 'drafted', 'drafting', 'approved', 'blocked', 'failed', 'stale'] as const).map((state) =>
        listWishes(store, { state, limit: shownWishes }),
      ),
    );
    const open = rows.flat();
    if (open.length === 0) return { reply: 'No wish is open. /wish TEXT makes one.' };
    const more = open.length > shownWishes ? ['… and more: ninjad wishes'] : [];
    return { reply: [...open.slice(0, shownWishes).map(lineOf), ...more].join('\n') };
  };
}

function lineOf({ id, title, state, reason }: Wish): string {
  const why = reason === null || state === 'proposed' ? '' : ` (${reason.slice(0, 200)})`;
  return `${id} ${state}: ${title}${why}`;
}
