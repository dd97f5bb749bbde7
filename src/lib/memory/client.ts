import type { MemoryView } from '../dashboard/protocol/knowledge.ts';
import type { ExportedMemory, ImportAnswer } from './desk.ts';
import type { MemoryEditBody, MemoryImportBody } from './requests.ts';

/** Filters and page of a list, as `memoriesQuery` takes them; what is undefined is left out. */
export type MemoriesFilter = Readonly<Record<string, string | number | boolean | undefined>>;

/** The memories from outside the daemon. */
export interface MemoryClient {
  list(filter: MemoriesFilter): Promise<MemoryView[]>;
  memory(id: number): Promise<MemoryView>;
  edit(id: number, change: MemoryEditBody): Promise<MemoryView>;
  pin(id: number, pinned: boolean): Promise<MemoryView>;
  forget(ids: readonly number[]): Promise<ExportedMemory[]>;
  import(lines: readonly unknown[], ceiling: MemoryImportBody['ceiling']): Promise<ImportAnswer>;
  /** The bytes of an export, JSON lines, as they come. Throws where the daemon goes away before the end. */
  export(filter: MemoriesFilter): AsyncGenerator<Buffer, void, undefined>;
}

export interface MemoryCalls {
  ask: <Answer>(path: string, call?: { method: 'POST' | 'PATCH' | 'PUT'; body: unknown }) => Promise<Answer>;
  download: (path: string) => AsyncGenerator<Buffer, void, undefined>;
}

/** See `MemoryClient`. */
export function createMemoryClient({ ask, download }: MemoryCalls): MemoryClient {
  const at = (id: number): string => `/v1/memories/${id}`;
  return {
    list: (filter) => ask(`/v1/memories${queryOf(filter)}`),
    memory: (id) => ask(at(id)),
    edit: (id, change) => ask(at(id), { method: 'PATCH', body: change }),
    pin: (id, pinned) => ask(`${at(id)}/pin`, { method: 'PUT', body: { pinned } }),
    forget: (ids) => ask('/v1/memories/forget', { method: 'POST', body: { ids } }),
    import: (lines, ceiling) => ask('/v1/memories/import', { method: 'POST', body: { lines, ceiling } }),
    export: (filter) => download(`/v1/memories.jsonl${queryOf(filter)}`),
  };
}

function queryOf(filter: MemoriesFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}
