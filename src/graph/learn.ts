import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf, StoreAwayError } from '../lib/errors.ts';
import type { Trust } from '../lib/wire/trust.ts';
import { boundGraph } from './rows/bound.ts';
import { failPending, nextPending, type Pending } from './rows/pending.ts';
import { secretsByPattern, takeOut } from '../lib/secrets/secret-patterns.ts';
import { knownNames } from './rows/known-names.ts';
import { type GraphSource, loadSources } from './rows/load-sources.ts';
import { type Learned, writeLearned } from './rows/write-learned.ts';
import type { Store } from '../lib/store/store.ts';
import { entityName } from './extract/canonical.ts';
import type { EntityName, Extraction } from './extract/extraction.ts';

/** Reads texts for names and relations, away from the daemon's own thread. */
export interface Reader {
  /** The names that are known already; they stay known until the next call. */
  learnNames(names: readonly EntityName[]): Promise<void>;
  read(text: string, trust: Trust): Promise<Extraction>;
}

export interface LearnDeps {
  store: Store;
  reader: Reader;
  /** Told of a row that could not be read in three tries and is left out. */
  onGivenUp: (row: Pending, error: unknown) => void;
  /** Milliseconds that a pass may take before it leaves the rest to the next one (default 3 s). */
  budgetMs?: number;
}

/** Result of a pass. */
export interface LearnedPass {
  sources: number;
  /** True where there was more to read than the pass had time for. */
  isMore: boolean;
}

const batchSources = 10;
const defaultBudgetMs = 3_000;

/**
 * Reads all that has been queued since the last pass into the graph, a few memories and tasks at a time, each batch in
 * one transaction. A row that fails by itself is tried three times and then left out. Rejects with `StoreAwayError`
 * while the store is away: the queue is in it and waits.
 */
export async function learnPending(deps: LearnDeps): Promise<LearnedPass> {
  const { store, reader, budgetMs = defaultBudgetMs } = deps;
  const giveUpAt = performance.now() + budgetMs;
  let sources = 0;
  for (;;) {
    const pending = await nextPending(store, batchSources);
    if (pending.length === 0) break;
    if (sources > 0 && performance.now() > giveUpAt) return { sources, isMore: true };
    if (sources === 0) await reader.learnNames(await knownNames(store));
    await learnBatch(pending, deps);
    sources += pending.length;
    await nextTurn();
  }
  if (sources > 0) await boundGraph(store);
  return { sources, isMore: false };
}

async function learnBatch(pending: readonly Pending[], deps: LearnDeps): Promise<void> {
  const sources = await loadSources(deps.store, pending);
  const learned: Learned[] = [];
  for (const row of pending) {
    const source = sources.find(({ origin, id }) => origin === row.origin && id === row.origin_id);
    try {
      learned.push(source === undefined ? nothingOf(row) : await readSource(row, source, deps.reader));
    } catch (thrown) {
      await recordFailure(row, thrown, deps);
    }
  }
  try {
    await writeLearned(deps.store, learned);
  } catch (thrown) {
    if (thrown instanceof StoreAwayError) throw thrown;
    // One bad row must not take its neighbours with it.
    for (const one of learned)
      await writeLearned(deps.store, [one]).catch((error: unknown) =>
        recordFailure(one.pending, error, deps),
      );
  }
}

async function recordFailure(row: Pending, thrown: unknown, { store, onGivenUp }: LearnDeps): Promise<void> {
  if (thrown instanceof StoreAwayError) throw thrown;
  if (await failPending(store, row)) onGivenUp(row, new Error(messageOf(thrown), { cause: thrown }));
}

function nothingOf(pending: Pending): Learned {
  return { pending, eventId: null, at: new Date(0), mentions: [], links: [], aliases: [] };
}

async function readSource(pending: Pending, source: GraphSource, reader: Reader): Promise<Learned> {
  const mentions: Learned['mentions'][number][] = [...hostOf(source)];
  const links: Learned['links'][number][] = [];
  const aliases: Extraction['aliases'] = [];
  for (const { text, trust } of source.texts) {
    const found = await reader.read(text, trust);
    mentions.push(...found.entities.map((entity) => ({ ...entity, trust })));
    links.push(...found.relations.map((relation) => ({ ...relation, trust })));
    // A stranger's text may not say who is who.
    if (trust !== 'untrusted') aliases.push(...found.aliases);
  }
  // The most trusted text of a source comes first, so that its mention is the one that is kept.
  return { pending, eventId: source.eventId, at: source.at, mentions, links, aliases };
}

/** Evidence as it is shown; the reader's own snippets are without secrets already. */
function withoutSecrets(text: string): string {
  const beginning = text.slice(0, 1_000);
  return takeOut(beginning, secretsByPattern(beginning))
    .slice(0, 200)
    .replace(/[\uD800-\uDBFF]$/, '');
}

/** A report of `fleet:web-1` is about web-1, whether or not it says so. */
function hostOf({ source, texts }: GraphSource): Learned['mentions'][number][] {
  const machine = /^fleet:(?<name>.+)$/.exec(source)?.groups?.['name'];
  const name = machine === undefined ? undefined : entityName('host', machine);
  const first = texts[0];
  return name === undefined || first === undefined
    ? []
    : [{ ...name, trust: first.trust, snippet: withoutSecrets(first.text) }];
}
