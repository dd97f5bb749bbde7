import type { Bus } from '../lib/bus.ts';
import { NotFoundError } from '../lib/errors.ts';
import { type OwnerAct, recordAct } from '../activity/record-act.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import type { Face } from '../lib/operations/operation.ts';
import type { MemoryFacts } from './facts.ts';
import { editMemory } from './rows/edit-memory.ts';
import { insertMemory, type NewMemory } from './rows/insert-memory.ts';
import { importMemories } from './rows/import-memories.ts';
import { deleteMemories, exportPage, findMemory, listMemories, pinMemory } from './rows/memories.ts';
import type { Store, Tx } from '../lib/store/store.ts';
import { importedOf, lineOf } from './memory-line.ts';
import { type MemoryView, memoryView } from './memory-view.ts';
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
export interface Memories {
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

export interface MemoriesDeps {
  store: Store;
  /** The same store for imports, which questions go before. Default: the store. */
  background?: Store;
  bus: Pick<Bus<MemoryFacts & ListFacts>, 'emit'>;
  /** The face that the owner acts by. */
  by: Face;
  now?: () => Date;
}

const addedSource = 'dashboard';
const forgottenChars = 200;
const exportRows = 200;
const exportChars = 1_000_000;

/** See `Memories`. */
export function createMemories({
  store,
  background = store,
  bus,
  by,
  now = () => new Date(),
}: MemoriesDeps): Memories {
  const record = (tx: Tx, action: string, summary: string, detail: OwnerAct['detail']): Promise<void> =>
    recordAct(tx, { by }, { at: now(), action: `memory.${action}`, summary, ...(detail && { detail }) });
  const tell = (isPending: boolean): void => {
    if (isPending) bus.emit('memory.pending', { by });
    bus.emit('list.changed', { list: 'memories.list' });
  };

  return {
    list: async (query) => (await listMemories(store, query)).map(memoryView),
    memory: async (id) => memoryView(found(await findMemory(store, id), id)),
    async add(memory) {
      const view = await store.transaction(async (tx) => {
        const kept = { ...memory, source: addedSource, trust: 'owner', origin: 'owner', now: now() } as const;
        const id = await insertMemory(tx, kept);
        await record(tx, 'added', `memory ${id} was added`, { memory: id });
        return memoryView(found(await findMemory(tx, id), id));
      });
      tell(true);
      return view;
    },
    async edit(id, change) {
      const { row, reworded } = await store.transaction(async (tx) => {
        const edited = found(await editMemory(tx, id, { change, now: now() }), id);
        await record(tx, 'edited', `memory ${id} was edited`, { memory: id, changed: Object.keys(change) });
        return edited;
      });
      tell(reworded);
      return memoryView(row);
    },
    async pin(id, pinned) {
      const view = await store.transaction(async (tx) => {
        const row = found(await pinMemory(tx, id, pinned), id);
        const word = pinned ? 'pinned' : 'unpinned';
        await record(tx, word, `memory ${id} was ${word}`, { memory: id });
        return memoryView(row);
      });
      tell(false);
      return view;
    },
    async forget(ids) {
      const forgotten = await store.transaction(async (tx) => {
        const rows = await deleteMemories(tx, ids);
        for (const id of ids)
          found(
            rows.find((row) => row.id === id),
            id,
          );
        for (const { id, kind, content } of rows) {
          const text = content.slice(0, forgottenChars);
          await record(tx, 'forgotten', `memory ${id} was forgotten`, { memory: id, kind, text });
        }
        return rows.map(lineOf);
      });
      tell(false);
      return forgotten;
    },
    async import({ lines, ceiling }) {
      const imported = await background.transaction(async (tx) => {
        const memories = lines.map((line) => importedOf(line, { ceiling, now: now() }));
        const number = await importMemories(tx, memories);
        if (number > 0)
          await record(tx, 'imported', `${number} memories were imported`, { imported: number });
        return number;
      });
      if (imported > 0) tell(true);
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
