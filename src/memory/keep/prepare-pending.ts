import { StoreAwayError } from '../../lib/errors.ts';
import type { Embedders } from '../embed/embedders.ts';
import { registerModel, type StoredModel } from '../embed/vector-table.ts';
import { findUnprepared, nextUnprepared, type PendingMemory } from '../rows/pending.ts';
import { dropSuperseded, dropUnprepared, mergeInto, settlePrepared, type Wording } from '../rows/settle.ts';
import type { Store } from '../../lib/store/store.ts';
import { cutDocument } from './cut-document.ts';
import { decideBySimilar, type Decision } from './similar.ts';
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
  /** False when it is time to stop for now. */
  goOn: () => boolean;
  signal: AbortSignal;
}

/** Result of a pass. */
export interface PreparedPass {
  prepared: number;
  /** True where there was more than the pass had time for. */
  isMore: boolean;
}

const batch = 16;
const maxAttempts = 3;
const maxGivenUp = 1_000;

/**
 * Takes every memory that is not prepared through the pipeline: redact, cut where it is too long, embed lexically,
 * compare with similar ones, keep or merge. One small transaction each, which changes nothing if
 * the memory changed meanwhile: a kill at any instant, an edit, and a second daemon do no harm. Passes reject with
 * `StoreAwayError` while the store is away, and go on where they were.
 */
export function createPreparer(deps: PrepareDeps) {
  const failures = new Map<number, number>();
  const givenUp = (): number[] => [...failures].filter(([, count]) => count >= maxAttempts).map(([id]) => id);

  const recordFailure = (id: number, thrown: unknown): void => {
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
          recordFailure(id, thrown);
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
  // A model's vector comes later: what is redacted and compared can be found by its words now.
  const wording = { content, redacted: prepared.redacted, vectors: [{ model: lexicalModel, vector }] };
  const decision = await decideBySimilar(store, memory, { content, vector, model: lexicalModel });
  await carryOut(decision, memory, wording, store);
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
      // Where two say the same the newer words stand; an import may be older than what is there.
      const isNewer = wording.content !== into.content && memory.last_seen_at >= into.last_seen_at;
      const kind = into.kind === 'note' && !isFixed ? memory.kind : into.kind;
      const merged = await mergeInto(store, memory, {
        id: into.id,
        kind,
        wording: isNewer && !isFixed ? wording : undefined,
      });
      if (!merged) await settlePrepared(store, memory, wording);
      return;
    }
    case 'keep':
      await settlePrepared(store, memory, wording);
      if (decision.supersedes.length > 0) await dropSuperseded(store, decision.supersedes);
  }
}
