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
  type MemoryRow,
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
 * Each act is one transaction and one line of the activity log that says by which face it came.
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
export function createMemoryDesk({ store, by, now = () => new Date() }: MemoryDeskDeps): MemoryDesk {
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
    add: (memory) =>
      store.transaction(async (tx) => {
        const kept = { ...memory, source: addedSource, trust: 'owner', origin: 'owner', now: now() } as const;
        const id = await insertMemory(tx, kept);
        await note(tx, 'added', `memory ${id} was added`, { memory: id });
        return memoryView(found(await findMemory(tx, id), id));
      }),
    edit: (id, change) =>
      store.transaction(async (tx) => {
        const row = found(await editMemory(tx, id, { change, now: now() }), id);
        await note(tx, 'edited', `memory ${id} was edited`, { memory: id, changed: Object.keys(change) });
        return memoryView(row);
      }),
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
    import: ({ lines, ceiling }) =>
      store.transaction(async (tx) => {
        const memories = lines.map((line) => importedOf(line, { ceiling, now: now() }));
        const imported = await importMemories(tx, memories);
        if (imported > 0) await note(tx, 'imported', `${imported} memories were imported`, { imported });
        return { imported, known: lines.length - imported };
      }),
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

function found(row: MemoryRow | undefined, id: number): MemoryRow {
  if (row === undefined) throw new NotFoundError(`there is no memory ${id}`);
  return row;
}
