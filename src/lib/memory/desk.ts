import type { Bus } from '../bus.ts';
import { NotFoundError } from '../control/errors.ts';
import type { MemoryView } from '../dashboard/protocol/knowledge.ts';
import { recordActivity } from '../store/activity/activity.ts';
import { editMemory } from '../store/memories/edit-memory.ts';
import { insertMemory, type NewMemory } from '../store/memories/insert-memory.ts';
import { importMemories } from '../store/memories/import-memories.ts';
import {
  deleteMemories,
  exportPage,
  findMemory,
  listMemories,
  pinMemory,
} from '../store/memories/memories.ts';
import type { Store } from '../store/store.ts';
import { importedOf, lineOf } from './memory-line.ts';
import { memoryView } from './memory-view.ts';
import type { MemoriesQuery, MemoryEditBody, MemoryFilterQuery, MemoryImportBody } from './requests.ts';

/** A memory in the form in which it is exported and can be imported again. */
export type ExportedMemory = ReturnType<typeof lineOf>;

/** A text that the owner wants kept. */
export type AddedMemory = Pick<NewMemory, 'content' | 'kind' | 'title' | 'tags' | 'importance'>;

/** What became of the lines of an import. */
export interface ImportAnswer {
  imported: number;
  /** Their words were there already, or came twice. */
  known: number;
}

/**
 * The memories as the owner reads and amends them. A call about a memory that is not there rejects with `NotFoundError`.
 * Each act is one transaction and one line of the activity log that says by which face it came. What waits to be prepared
 * after it is told on the bus, once, when the transaction is over.
 */
export interface MemoryDesk {
  /** Newest first; long texts are cut. */
  list(query: MemoriesQuery): Promise<MemoryView[]>;
  memory(id: number): Promise<MemoryView>;
  /** Keeps a text of the owner. */
  add(memory: AddedMemory): Promise<MemoryView>;
  edit(id: number, change: MemoryEditBody): Promise<MemoryView>;
  pin(id: number, pinned: boolean): Promise<MemoryView>;
  /** Forgets all of them or, where one is not there, none. Resolves to what brings them back. */
  forget(ids: readonly number[]): Promise<ExportedMemory[]>;
  import(lines: MemoryImportBody): Promise<ImportAnswer>;
  /** All that fit, the oldest first, read page by page. */
  export(filter: MemoryFilterQuery): AsyncGenerator<ExportedMemory[], void, undefined>;
}

export interface MemoryDeskDeps {
  store: Store;
  bus: Pick<Bus, 'emit'>;
  /** Who acts, such as `cli` or `dashboard`; the actor is the owner either way. */
  by: string;
  now?: () => Date;
}

const addedSource = 'dashboard';
const forgottenChars = 200;
const exportRows = 200;
const exportChars = 1_000_000;

type Tx = Pick<Store, 'query'>;

/** See `MemoryDesk`. */
export function createMemoryDesk({ store, bus, by, now = () => new Date() }: MemoryDeskDeps): MemoryDesk {
  const note = (tx: Tx, action: string, summary: string, detail: Record<string, unknown>): Promise<void> =>
    recordActivity(tx, {
      at: now(),
      actor: 'owner',
      action: `memory.${action}`,
      summary,
      detail: { ...detail, by },
    });

  return {
    list: async (query) => (await listMemories(store, query)).map(memoryView),
    memory: async (id) => memoryView(found(await findMemory(store, id), id)),
    async add(memory) {
      const view = await store.transaction(async (tx) => {
        const kept = { ...memory, source: addedSource, trust: 'owner', origin: 'owner', now: now() } as const;
        const id = await insertMemory(tx, kept);
        await note(tx, 'added', `memory ${id} was added`, { memory: id });
        return memoryView(found(await findMemory(tx, id), id));
      });
      bus.emit('memory.pending', { by });
      return view;
    },
    async edit(id, change) {
      const { row, reworded } = await store.transaction(async (tx) => {
        const edited = found(await editMemory(tx, id, { change, now: now() }), id);
        await note(tx, 'edited', `memory ${id} was edited`, { memory: id, changed: Object.keys(change) });
        return edited;
      });
      if (reworded) bus.emit('memory.pending', { by });
      return memoryView(row);
    },
    pin: (id, pinned) =>
      store.transaction(async (tx) => {
        const row = found(await pinMemory(tx, id, pinned), id);
        const word = pinned ? 'pinned' : 'unpinned';
        await note(tx, word, `memory ${id} was ${word}`, { memory: id });
        return memoryView(row);
      }),
    forget: (ids) =>
      store.transaction(async (tx) => {
        const rows = await deleteMemories(tx, ids);
        for (const id of ids)
          found(
            rows.find((row) => row.id === id),
            id,
          );
        for (const { id, kind, content } of rows) {
          const text = content.slice(0, forgottenChars);
          await note(tx, 'forgotten', `memory ${id} was forgotten`, { memory: id, kind, text });
        }
        return rows.map(lineOf);
      }),
    async import({ lines, ceiling }) {
      const imported = await store.transaction(async (tx) => {
        const memories = lines.map((line) => importedOf(line, { ceiling, now: now() }));
        const number = await importMemories(tx, memories);
        if (number > 0) await note(tx, 'imported', `${number} memories were imported`, { imported: number });
        return number;
      });
      if (imported > 0) bus.emit('memory.pending', { by });
      return { imported, known: lines.length - imported };
    },
    async *export(filter) {
      for (let after = 0; ;) {
        const page = await exportPage(store, { ...filter, after, limit: exportRows, maxChars: exportChars });
        const last = page.at(-1);
        if (last === undefined) return;
        yield page.map(lineOf);
        after = last.id;
      }
    },
  };
}

function found<Found>(what: Found | undefined, id: number): Found {
  if (what === undefined) throw new NotFoundError(`there is no memory ${id}`);
  return what;
}
