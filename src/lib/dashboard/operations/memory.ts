import type { Bus } from '../../bus.ts';
import type { ModelState, ModelStates } from '../../inference/inference.ts';
import { createMemoryDesk, type MemoryDesk } from '../../memory/desk.ts';
import type { Recaller } from '../../recall/create-recall.ts';
import type { RecallReport } from '../../recall/report.ts';
import type { MemoryProgress } from '../../remember/memory-board.ts';
import { countMemories } from '../../store/memories/memories.ts';
import type { Store } from '../../store/store.ts';
import type { Caller, Handlers } from '../dispatch.ts';
import type { MemorySearch, Models, ModelView } from '../protocol/knowledge.ts';
import { pageOf } from '../views/summaries.ts';

export interface MemoryOperationDeps {
  store: Store;
  bus: Pick<Bus, 'emit'>;
  explain: Recaller['explain'];
  models: () => ModelStates;
  progress: () => MemoryProgress;
  now: () => Date;
}

const searchMs = 10_000;
/** People scroll; the budget of a prompt is none of a page. */
const shownTokens = 50_000;

/** What is remembered: search, read, add, amend, pin, forget. */
export function memoryOperations({ store, bus, explain, models, progress, now }: MemoryOperationDeps) {
  const deskFor = ({ by }: Pick<Caller, 'by'>): MemoryDesk => createMemoryDesk({ store, bus, by, now });
  const reader = deskFor({ by: 'dashboard' });
  return {
    'memory.search': async ({ text, limit, kind, trust, source, since, until }) => {
      const startedAt = performance.now();
      const filter = {
        ...(kind !== undefined && { kinds: [kind] }),
        ...(trust !== undefined && { trusts: [trust] }),
        ...(source !== undefined && { sources: [source] }),
        ...(since !== undefined && { since }),
        ...(until !== undefined && { until }),
      };
      const signal = AbortSignal.timeout(searchMs);
      const report = await explain({ text, limit, filter, budgetTokens: shownTokens, signal });
      return searchView(report, Math.round(performance.now() - startedAt));
    },
    'memories.list': async ({ limit, ...search }) =>
      pageOf(await reader.list({ ...search, limit: limit + 1 }), limit, (memory) => memory),
    'memory.get': ({ id }) => reader.memory(id),
    'memory.add': (memory, caller) => deskFor(caller).add(memory),
    'memory.edit': ({ id, ...change }, caller) => deskFor(caller).edit(id, change),
    'memory.pin': ({ id, pinned }, caller) => deskFor(caller).pin(id, pinned),
    'memory.forget': async ({ id }, caller) => {
      await deskFor(caller).forget([id]);
      return { id };
    },
    'models.get': async () => ({
      models: modelViews(models()),
      memories: await memoriesView(store, progress()),
    }),
  } satisfies Partial<Handlers>;
}

/** The counts as they are now, the vectors as the memory keeper counted them last. */
async function memoriesView(
  store: Store,
  { model, embedded, missing }: MemoryProgress,
): Promise<Models['memories']> {
  return { ...(await countMemories(store)), model, embedded, missing };
}

function modelViews(states: ModelStates): ModelView[] {
  return (['embedder', 'reranker', 'ner'] as const).map((role) => ({ role, ...modelView(states[role]) }));
}

function modelView(state: ModelState): Omit<ModelView, 'role'> {
  return {
    state: state.state,
    model: state.state === 'ready' ? state.model : null,
    percent: state.state === 'loading' ? state.percent : null,
    reason: 'reason' in state ? state.reason : null,
  };
}

/** What each stage thought of each candidate, as columns of equal names. */
function searchView({ candidates, embedder, reranker }: RecallReport, tookMs: number): MemorySearch {
  return {
    items: candidates.map((candidate) => ({
      id: candidate.id,
      kind: candidate.kind,
      content: candidate.content,
      source: candidate.source,
      trust: candidate.trust,
      createdAt: candidate.createdAt,
      score: candidate.score,
      included: candidate.included,
      why: candidate.verdict,
      stages: [
        ...candidate.found.map(({ retriever, rank, score }) => ({ stage: retriever, rank, score })),
        { stage: 'fused', rank: null, score: candidate.fused },
        { stage: 'reranked', rank: null, score: candidate.reranked },
        { stage: 'age and importance', rank: null, score: candidate.decay },
        { stage: 'likeness', rank: null, score: candidate.likeness },
      ],
    })),
    tookMs,
    degraded: embedder.degraded ?? reranker.reason,
  };
}
