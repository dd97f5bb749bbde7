import { messageOf, StoreAwayError } from '../errors.ts';
import type { Embedders } from '../memory/embedders.ts';
import { registerModel, type StoredModel } from '../memory/vector-table.ts';
import { findUnprepared, nextUnprepared, type PendingMemory } from '../store/memories/pending.ts';
import {
  dropSuperseded,
  dropUnprepared,
  mergeInto,
  type ModelVector,
  settlePrepared,
  type Wording,
} from '../store/memories/settle.ts';
import type { Store } from '../store/store.ts';
import { cutDocument } from './cut-document.ts';
import { decideByLikes, type Decision } from './likes.ts';
import type { PreparedText } from './prepare-text.ts';

export interface PrepareDeps {
  store: Store;
  embedders: Embedders;
  /** Cleans, redacts, cuts and embeds lexically, away from this thread. */
  prepareText: (text: string) => Promise<PreparedText>;
  /** Told of a memory that could not be prepared in three tries; it is left until the next start. */
  onGivenUp: (id: number, error: unknown) => void;
  now: () => Date;
}

export interface PreparePass {
  /** When to stop for now. */
  goOn: () => boolean;
  signal: AbortSignal;
}

/** What a pass did. */
export interface PreparedPass {
  prepared: number;
  /** Whether there was more than the pass had time for. */
  isMore: boolean;
}

const batch = 16;
const maxAttempts = 3;
const maxGivenUp = 1_000;
const modelDeadlineMs = 10_000;

/**
 * Takes every memory that is not prepared through the pipeline: redact, cut where it is too long, embed lexically and with
 * the model while that is ready, compare with its likes, keep or merge. One small transaction each, which changes nothing if
 * the memory changed meanwhile: a kill at any instant, an edit, and a second daemon do no harm. Passes reject with
 * `StoreAwayError` while the store is away, and go on where they were.
 */
export function createPreparer(deps: PrepareDeps) {
  const failures = new Map<number, number>();
  const givenUp = (): number[] => [...failures].filter(([, count]) => count >= maxAttempts).map(([id]) => id);

  const noteFailure = (id: number, thrown: unknown): void => {
    if (thrown instanceof StoreAwayError) throw thrown;
    const count = (failures.get(id) ?? 0) + 1;
    if (failures.size >= maxGivenUp) failures.clear();
    failures.set(id, count);
    if (count === maxAttempts) deps.onGivenUp(id, thrown);
  };

  return async ({ goOn, signal }: PreparePass): Promise<PreparedPass> => {
    let prepared = 0;
    for (;;) {
      const ids = await nextUnprepared(deps.store, batch, givenUp());
      if (ids.length === 0) return { prepared, isMore: false };
      const lexicalModel = await registerModel(deps.store, deps.embedders.lexical, deps.now());
      for (const id of ids) {
        signal.throwIfAborted();
        if (prepared > 0 && !goOn()) return { prepared, isMore: true };
        try {
          await prepareOne(id, { ...deps, lexicalModel, signal });
          failures.delete(id);
        } catch (thrown) {
          signal.throwIfAborted();
          noteFailure(id, thrown);
        }
        prepared += 1;
      }
    }
  };
}

interface OneDeps extends PrepareDeps {
  lexicalModel: StoredModel;
  signal: AbortSignal;
}

async function prepareOne(id: number, deps: OneDeps): Promise<void> {
  const { store, lexicalModel, signal } = deps;
  const memory = await findUnprepared(store, id);
  if (memory === undefined) return;
  const prepared = await deps.prepareText(memory.content);
  const isWhole = memory.document_id !== null && !memory.is_being_cut;
  // A chunk that was edited stays one, however long it has become.
  if (prepared.chunks.length > 1 && !isWhole) {
    await cutDocument(memory, prepared, { store, lexicalModel, now: deps.now(), signal });
    return;
  }
  const content = isWhole ? prepared.text : (prepared.chunks[0] as string);
  const vector = prepared.vectors[0] as Float32Array;
  const vectors = [{ model: lexicalModel, vector }, ...(await vectorsOfModel(content, deps))];
  const wording = { content, redacted: prepared.redacted, vectors };
  const decision = await decideByLikes(store, memory, { content, vectors, lexicalModelId: lexicalModel.id });
  await carryOut(decision, memory, wording, store);
}

/** The model's vector where it is ready and answers; without it the lexical one serves, and it is made later. */
async function vectorsOfModel(
  text: string,
  { store, embedders, lexicalModel, signal, now }: OneDeps,
): Promise<ModelVector[]> {
  const embedder = embedders.current();
  if (embedder.degraded !== undefined) return [];
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(modelDeadlineMs)]);
    const [vector] = await embedder.embed([text], { kind: 'passage', signal: deadline });
    const model = await registerModel(store, embedder, now());
    return vector === undefined || model.id === lexicalModel.id ? [] : [{ model, vector }];
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof StoreAwayError) throw new StoreAwayError(messageOf(thrown), { cause: thrown });
    return [];
  }
}

async function carryOut(
  decision: Decision,
  memory: PendingMemory,
  wording: Wording,
  store: Store,
): Promise<void> {
  switch (decision.act) {
    case 'drop':
      await dropUnprepared(store, memory);
      return;
    case 'merge': {
      const { into } = decision;
      const isFixed = into.pinned || into.edited_at !== null;
      const saysMore =
        !isFixed && wording.content !== into.content && wording.content.length >= into.content.length;
      const kind = into.kind === 'note' && !isFixed ? memory.kind : into.kind;
      const merged = await mergeInto(store, memory, {
        id: into.id,
        kind,
        wording: saysMore ? wording : undefined,
      });
      if (!merged) await settlePrepared(store, memory, wording);
      return;
    }
    case 'keep':
      await settlePrepared(store, memory, wording);
      if (decision.supersedes.length > 0) await dropSuperseded(store, decision.supersedes);
  }
}
