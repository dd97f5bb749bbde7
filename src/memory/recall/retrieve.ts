import { messageOf, StoreAwayError } from '../../lib/errors.ts';
import type { Store } from '../../lib/store/store.ts';
import type { CurrentEmbedder, Embedders } from '../embed/embedders.ts';
import { askedTime } from './asked-time.ts';
import type { Hit, HitList } from './candidate.ts';
import { searchFullText } from './full-text.ts';
import { mergeHits, searchInTime } from './in-time.ts';
import { cosinesOf, type NearestHits, searchNearest } from './nearest.ts';
import type { RecallFilter, RecallQuery } from './recall.ts';
import type { Stopwatch } from './stopwatch.ts';

/** Something else that knows of memories close to a question, such as a knowledge graph. It may fail; the recall goes on. */
export type Expand = (query: Pick<RecallQuery, 'text' | 'filter' | 'signal'>) => Promise<HitList>;

export interface RetrieveDeps {
  store: Store;
  embedders: Pick<Embedders, 'current' | 'lexical'>;
  /** Further lists of hits, besides vectors and full text. */
  expand?: readonly Expand[];
  now?: () => Date;
}

/** Everything that was found for a question, by retriever. */
export interface Retrieved {
  /** Each candidate has its place in the lists of words and of vectors, whichever of them found it. */
  lists: HitList[];
  embedder: CurrentEmbedder;
  vectors: NearestHits['how'];
  problems: string[];
}

interface Question {
  text: string;
  filter?: RecallFilter | undefined;
  signal: AbortSignal;
}

const hitsEach = 50;
/** Words are scored deeper than they bring candidates, for the sake of those that vectors have found. */
const wordsScored = 200;
const maxQuestionChars = 8_000;

/** Finds candidates by the question's words, by its vector, and by what else there is. */
export async function retrieve(deps: RetrieveDeps, query: Question, watch: Stopwatch): Promise<Retrieved> {
  const question = { ...query, text: query.text.slice(0, maxQuestionChars).replaceAll('\0', ' ') };
  const { text, signal } = question;
  const filter = query.filter && { filter: query.filter };
  const problems: string[] = [];
  const asked = await askedTime(text, deps.now?.() ?? new Date());
  const [near, found, then, ...others] = await Promise.all([
    nearest(deps, question, watch),
    watch.time('full text', () =>
      searchFullText(deps.store, { text: asked?.rest ?? text, limit: wordsScored, ...filter }),
    ),
    asked &&
      watch.time('time', () => searchInTime(deps.store, { asked, limit: hitsEach, filter: query.filter })),
    ...(deps.expand ?? []).map((expand) => attempt(() => expand({ text, signal, ...filter }), problems)),
  ]);
  const { vector, model, embedder, how } = near;
  // A question for nothing but a time is answered by what there was then.
  if (then !== undefined && asked?.rest === '')
    return { lists: [then.time], embedder, vectors: how, problems };
  const words = { words: mergeHits(found.words, then?.words ?? []), codes: found.codes };
  const expanded = [then?.time, ...others].filter((list) => list !== undefined);
  const candidates = idsOf(
    [near.hits, words.words.hits, words.codes.hits].map((hits) => hits.slice(0, hitsEach)),
  );
  for (const id of idsOf(expanded.map(({ hits }) => hits))) candidates.add(id);
  const cosines = vector && (await completed(deps.store, near.hits, candidates, { vector, model }));
  return {
    lists: [
      ...(cosines === undefined ? [] : [vectorList(cosines, embedder, found.known)]),
      ...[words.words, words.codes].map((list) => among(candidates, list)),
      ...expanded,
    ],
    embedder,
    vectors: how,
    problems,
  };
}

function idsOf(lists: readonly (readonly Hit[])[]): Set<string> {
  return new Set(lists.flat().map(({ id }) => id));
}

function among(candidates: ReadonlySet<string>, list: HitList): HitList {
  return { ...list, hits: list.hits.filter(({ id }) => candidates.has(id)) };
}

type Near = NearestHits & { embedder: CurrentEmbedder; vector: Float32Array | undefined };

async function nearest(
  { embedders, store }: RetrieveDeps,
  { text, filter, signal }: Question,
  watch: Stopwatch,
): Promise<Near> {
  const { embedder, vector } = await watch.time('embed', () => embedQuestion(embedders, text, signal));
  if (vector === undefined) return { embedder, vector, hits: [], how: 'no vectors' };
  const found = await watch.time('vectors', () =>
    searchNearest(store, { vector, embedder, limit: hitsEach, ...(filter && { filter }) }),
  );
  return { ...found, embedder, vector };
}

/**
 * The lexical embedder takes over where the model goes away in the middle, and where the encoder does not know the text, such
 * as one in another script: that is left to its words. A text without any word has no vector.
 */
async function embedQuestion(
  embedders: RetrieveDeps['embedders'],
  text: string,
  signal: AbortSignal,
): Promise<{ embedder: CurrentEmbedder; vector: Float32Array | undefined }> {
  const current = embedders.current();
  const lexically = async (): Promise<Float32Array | undefined> =>
    (await embedders.lexical.embed([text], { kind: 'query', signal }))[0];
  if (!/[\p{L}\p{N}]/u.test(text)) return { embedder: current, vector: undefined };
  try {
    const [vector] = await current.embed([text], { kind: 'query', signal });
    return vector?.some((value) => value !== 0) === true
      ? { embedder: current, vector }
      : { embedder: embedders.lexical, vector: await lexically() };
  } catch (thrown) {
    signal.throwIfAborted();
    return { embedder: { ...embedders.lexical, degraded: messageOf(thrown) }, vector: await lexically() };
  }
}

/** The hits with the cosines of all other candidates that have a vector, best first. */
async function completed(
  store: Store,
  hits: readonly Hit[],
  candidates: ReadonlySet<string>,
  asked: Parameters<typeof cosinesOf>[2],
): Promise<Hit[]> {
  const found = new Set(hits.map(({ id }) => id));
  const rest = [...candidates].filter((id) => !found.has(id));
  const more = await cosinesOf(store, rest, asked);
  return [...hits, ...[...more].map(([id, score]) => ({ id, score }))].sort((a, b) => b.score - a.score);
}

/**
 * Cosines as shares: how much closer one is than the mean of all candidates, since encoders differ in how close they put texts
 * that have nothing to do with each other. They are not stretched to the best one: where nothing is close, nothing stands out.
 * A question has so many `words` that are known.
 */
function vectorList(hits: readonly Hit[], { voice }: CurrentEmbedder, words: number): HitList {
  const mean = hits.reduce((sum, { score }) => sum + score, 0) / hits.length;
  const loudness = Math.min(1, (voice.fullUpToWords ?? Infinity) / words);
  return {
    retriever: 'vectors',
    weight: voice.weight,
    hits: hits.map((hit) => ({ ...hit, share: loudness * (hit.score - mean) })),
  };
}

async function attempt<T>(work: () => Promise<T>, problems: string[]): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof StoreAwayError) throw thrown;
    problems.push(messageOf(thrown));
    return undefined;
  }
}
