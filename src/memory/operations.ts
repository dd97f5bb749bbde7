import { z } from 'zod';
import type { ModelStates } from '../lib/inference/inference.ts';
import { byId, flag, id, limit, nothing, text, time, word } from '../lib/operations/fields.ts';
import { type Caller, operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import { trusts } from '../lib/wire/trust.ts';
import type { MemoryProgress } from './keep/memory-board.ts';
import { memoryKinds } from './kinds.ts';
import { createMemories, type Memories, type MemoriesDeps } from './memories.ts';
import { memoryTags, memoryText, memoryTitle } from './memory-line.ts';
import type { MemoryView } from './memory-view.ts';
import { type Models, modelViews, presumedASecond } from './models-view.ts';
import { countingRecalls } from './recall/count-recalled.ts';
import type { Recaller } from './recall/create-recall.ts';
import { recallBody, recallQuery } from './recall/requests.ts';
import { memoriesQuery, memoryEditBody, memoryForgetBody, memoryImportBody } from './requests.ts';
import { countWaiting } from './rows/embedded.ts';
import { countMemories } from './rows/memories.ts';
import { type MemorySearch, searchView } from './search-view.ts';

/** Services that the operations of memories use. */
export interface MemoryNeeds extends Omit<MemoriesDeps, 'by' | 'now'> {
  recaller: Pick<Recaller, 'explain'>;
  models: () => ModelStates;
  memoryProgress: () => MemoryProgress;
  now: () => Date;
}

/** Longest wait for a recall that the owner asks for. */
const recallMs = 10_000;
/** People scroll; the budget of a prompt is none of a page. */
const shownTokens = 50_000;

const searchInput = z.strictObject({
  text,
  limit: limit.pipe(z.number().max(200)),
  kind: z.enum(memoryKinds).optional(),
  trust: z.enum(trusts).optional(),
  source: word.optional(),
  since: time.optional(),
  until: time.optional(),
});
const addInput = z.strictObject({
  content: memoryText,
  kind: z.enum(memoryKinds).default('note'),
  title: memoryTitle.optional(),
  importance: z.number().min(0).max(1).optional(),
  tags: memoryTags.default([]),
});

/** Operations of memories: search, read, add, amend, pin, forget. */
export const memoryOperations = {
  'recall.explain': operation(
    'POST /recall',
    recallBody,
    ({ recaller, store, now }: MemoryNeeds, body) =>
      countingRecalls(
        (query: Parameters<Recaller['explain']>[0]) => recaller.explain(query),
        store,
        now,
      )(recallQuery(body, AbortSignal.timeout(recallMs))),
    { unrecorded: 'a recall changes nothing but its count' },
  ),
  'memory.search': operation('GET /memories/search', searchInput, (needs: MemoryNeeds, query) =>
    search(needs, query),
  ),
  'memories.waiting': operation(
    'GET /memories/waiting',
    nothing,
    async ({ store }: MemoryNeeds): Promise<{ waiting: number }> => ({ waiting: await countWaiting(store) }),
    { faces: ['cli'] },
  ),
  'memories.list': operation(
    'GET /memories',
    memoriesQuery,
    async (needs: MemoryNeeds, { limit: most, ...query }, caller): Promise<Page<MemoryView>> =>
      pageOf(await memoriesFor(needs, caller).list({ ...query, limit: most + 1 }), most),
  ),
  'memory.get': operation('GET /memories/:id', byId, (needs: MemoryNeeds, memory, caller) =>
    memoriesFor(needs, caller).memory(memory.id),
  ),
  'memory.add': operation('POST /memories', addInput, (needs: MemoryNeeds, memory, caller) =>
    memoriesFor(needs, caller).add(memory),
  ),
  'memory.edit': operation(
    'PATCH /memories/:id',
    memoryEditBody.safeExtend({ id }),
    (needs: MemoryNeeds, { id: which, ...change }, caller) => memoriesFor(needs, caller).edit(which, change),
  ),
  'memory.pin': operation(
    'PUT /memories/:id/pin',
    z.strictObject({ id, pinned: flag }),
    (needs: MemoryNeeds, { id: which, pinned }, caller) => memoriesFor(needs, caller).pin(which, pinned),
  ),
  'memory.forget': operation('DELETE /memories/:id', byId, async (needs: MemoryNeeds, memory, caller) => {
    await memoriesFor(needs, caller).forget([memory.id]);
    return { id: memory.id };
  }),
  'memories.forget': operation(
    'POST /memories/forget',
    memoryForgetBody,
    (needs: MemoryNeeds, { ids }, caller) => memoriesFor(needs, caller).forget(ids),
  ),
  'memories.import': operation(
    'POST /memories/import',
    memoryImportBody,
    (needs: MemoryNeeds, lines, caller) => memoriesFor(needs, caller).import(lines),
  ),
  'models.get': operation(
    'GET /models',
    nothing,
    async ({ models, memoryProgress, store }: MemoryNeeds): Promise<Models> => {
      const progress = memoryProgress();
      const counts = await countMemories(store);
      return { models: modelViews(models()), memories: { ...progress, ...counts }, presumedASecond };
    },
  ),
};

function memoriesFor(needs: MemoryNeeds, { by }: Caller): Memories {
  return createMemories({ ...needs, by });
}

async function search(
  { recaller }: MemoryNeeds,
  { text: wanted, limit: most, kind, trust, source, since, until }: z.output<typeof searchInput>,
): Promise<MemorySearch> {
  const startedAt = performance.now();
  const filter = {
    ...(kind !== undefined && { kinds: [kind] }),
    ...(trust !== undefined && { trusts: [trust] }),
    ...(source !== undefined && { sources: [source] }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
  const signal = AbortSignal.timeout(recallMs);
  const report = await recaller.explain({
    text: wanted,
    limit: most,
    filter,
    budgetTokens: shownTokens,
    signal,
  });
  return searchView(report, Math.round(performance.now() - startedAt));
}
