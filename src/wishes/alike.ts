import type { Tx } from '../lib/store/store.ts';
import { type Evidence, evidenceHash } from './evidence.ts';
import { titleKey } from './rows.ts';
import type { WishState } from './states.ts';

/** What two wishes are compared by. */
export interface Likeness {
  title: string;
  metric: string | null;
  evidence: readonly Evidence[];
}

/** A wish that is compared with a new one. */
export interface KnownWish extends Likeness {
  id: number;
  state: WishState;
  reason: string | null;
}

/** Words of a title that are shared by two thirds are the same wish in other words. */
const sharedShare = 0.6;
const fillers = new Set(
  'a an and the of for to in on at by with from when while is are be it its less more so that do not no'.split(
    ' ',
  ),
);

/** Whether two wishes want the same: by their titles, or by the metric and the evidence. */
export function alike(one: Likeness, other: Likeness): boolean {
  if (titleKey(one.title) === titleKey(other.title)) return true;
  const [words, others] = [wordsOf(one.title), wordsOf(other.title)];
  const shared = [...words].filter((word) => others.has(word)).length;
  const all = new Set([...words, ...others]).size;
  if (all > 0 && shared / all >= sharedShare) return true;
  return (
    one.metric !== null &&
    one.metric === other.metric &&
    one.evidence.length > 0 &&
    evidenceHash(one.evidence) === evidenceHash(other.evidence)
  );
}

function wordsOf(title: string): Set<string> {
  return new Set(
    titleKey(title)
      .split(' ')
      .filter((word) => word !== '' && !fillers.has(word))
      .map((word) => word.replace(/(?<=\p{L}{3})(?:ing|ed|es|s)$/u, '')),
  );
}

/** Kinds of which every period has new ones; they change an evidence only where it has nothing else. */
const passing: ReadonlySet<string> = new Set(['task', 'event', 'fire', 'sample', 'activity']);

/**
 * Whether the evidence of a wish that was turned down has changed: something that it did not name. New tasks and events of the
 * same category, source, goal or statement are the same evidence once more.
 */
export function hasChanged(before: readonly Evidence[], now: readonly Evidence[]): boolean {
  const lasting = (evidence: readonly Evidence[]) => evidence.filter(({ kind }) => !passing.has(kind));
  const [old, fresh] =
    lasting(before).length > 0 && lasting(now).length > 0 ? [lasting(before), lasting(now)] : [before, now];
  const known = new Set(old.map(keyOf));
  return fresh.some((one) => !known.has(keyOf(one)));
}

/** One thing that is pointed to, without what is said of it. */
export function keyOf({ kind, ref }: Evidence): string {
  return `${kind} ${ref}`;
}

const mostKnown = 2_000;

/** The wishes that a new one is compared with, the newest first: all but those whose promise was measured. */
export async function knownWishes(store: Tx): Promise<KnownWish[]> {
  const { rows } = await store.query<KnownWish>({
    name: 'wishes-known',
    text: `SELECT id, title, state, reason, evidence, expected->>'metric' AS metric FROM wishlist
            WHERE state NOT IN ('kept', 'unkept') ORDER BY id DESC LIMIT ${mostKnown}`,
  });
  return rows;
}

/** The wish of this title, or of one like it, that the owner has turned down; undefined where there is none. */
export async function turnedDown(store: Tx, title: string): Promise<KnownWish | undefined> {
  const wanted: Likeness = { title, metric: null, evidence: [] };
  return (await knownWishes(store)).find(
    (known) => (known.state === 'rejected' || known.state === 'declined') && alike(known, wanted),
  );
}
