import { NotFoundError } from '../../control/errors.ts';
import type { ModelState, ModelStates } from '../../inference/inference.ts';
import type { Recaller } from '../../recall/create-recall.ts';
import type { RecallReport } from '../../recall/report.ts';
import type { MemoryProgress } from '../../remember/memory-board.ts';
import {
  countMemories,
  deleteMemory,
  findMemory,
  listMemories,
  type MemoryRow,
  pinMemory,
} from '../../store/memories/memories.ts';
import type { Store } from '../../store/store.ts';
import { type Handlers, UnavailableError } from '../dispatch.ts';
import type { MemorySearch, MemoryView, Models, ModelView } from '../protocol/knowledge.ts';
import { pageOf } from '../views/summaries.ts';
import { note } from './decide.ts';

export interface MemoryOperationDeps {
  store: Store;
  explain: Recaller['explain'];
  models: () => ModelStates;
  progress: () => MemoryProgress;
  now: () => Date;
}

const searchMs = 10_000;
/** People scroll; the budget of a prompt is none of a page. */
const shownTokens = 50_000;
const forgottenChars = 200;

/** What is remembered: search, read, pin, forget. */
export function memoryOperations({ store, explain, models, progress, now }: MemoryOperationDeps) {
  return {
    'memory.search': async ({ text, limit }) => {
      const startedAt = performance.now();
      const signal = AbortSignal.timeout(searchMs);
      const report = await explain({ text, limit, budgetTokens: shownTokens, signal });
      return searchView(report, Math.round(performance.now() - startedAt));
    },
    'memories.list': async ({ limit, ...search }) =>
      pageOf(await listMemories(store, { ...search, limit: limit + 1 }), limit, memoryView),
    'memory.get': async ({ id }) => memoryView(found(await findMemory(store, id), id)),
    'memory.add': (): never => notYet('add'),
    'memory.edit': (): never => notYet('edit'),
    'memory.pin': ({ id, pinned }, caller) =>
      store.transaction(async (tx) => {
        const row = found(await pinMemory(tx, id, pinned), id);
        const word = pinned ? 'pinned' : 'unpinned';
        const summary = `memory ${id} was ${word}`;
        await note(tx, caller, { at: now(), action: `memory.${word}`, summary, detail: { memory: id } });
        return memoryView(row);
      }),
    'memory.forget': ({ id }, caller) =>
      store.transaction(async (tx) => {
        const { kind, content } = found(await deleteMemory(tx, id), id);
        await note(tx, caller, {
          at: now(),
          action: 'memory.forgotten',
          summary: `memory ${id} was forgotten`,
          detail: { memory: id, kind, text: content.slice(0, forgottenChars) },
        });
        return { id };
      }),
    'models.get': async () => ({
      models: modelViews(models()),
      memories: await memoriesView(store, progress()),
    }),
  } satisfies Partial<Handlers>;
}

function found(row: MemoryRow | undefined, id: number): MemoryRow {
  if (row === undefined) throw new NotFoundError(`there is no memory ${id}`);
  return row;
}

function notYet(what: string): never {
  throw new UnavailableError(`memories cannot be ${what}ed here yet`);
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

function memoryView(row: MemoryRow): MemoryView {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    content: row.content,
    source: row.source,
    trust: row.trust,
    importance: row.importance,
    tags: row.tags,
    pinned: row.pinned,
    seenCount: row.seen_count,
    recallCount: row.recall_count,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    lastRecalledAt: row.last_recalled_at?.toISOString() ?? null,
    eventId: row.event_id,
    taskId: row.task_id,
  };
}
