import type { EntityDetail, EntitySummary, GraphActResult } from './desk.ts';
import type { EntityKind } from './extraction.ts';

/** The knowledge graph from outside the daemon; `ref` is an entity's number or one of its names. */
export interface GraphClient {
  search(query: {
    text?: string | undefined;
    kind?: string | undefined;
    limit: number;
  }): Promise<EntitySummary[]>;
  entity(ref: string): Promise<EntityDetail>;
  ignored(limit: number): Promise<{ kind: string; name: string }[]>;
  merge(from: string, into: string): Promise<GraphActResult>;
  split(ref: string, aliases: readonly string[]): Promise<GraphActResult>;
  rename(ref: string, name: string): Promise<GraphActResult>;
  forget(ref: string, ignore: boolean): Promise<GraphActResult>;
  teach(entity: { kind: EntityKind; name: string; aliases: readonly string[] }): Promise<GraphActResult>;
}

type Ask = <Answer>(path: string, call?: { method: 'POST'; body: unknown }) => Promise<Answer>;

/** See `GraphClient`; `ask` calls the control server. */
export function createGraphClient(ask: Ask): GraphClient {
  const at = (ref: string): string => `/v1/entities/${encodeURIComponent(ref)}`;
  const post = (path: string, body: unknown): Promise<GraphActResult> => ask(path, { method: 'POST', body });
  return {
    search({ text, kind, limit }) {
      const query = new URLSearchParams({ limit: String(limit) });
      if (text !== undefined) query.set('text', text);
      if (kind !== undefined) query.set('kind', kind);
      return ask(`/v1/entities?${query.toString()}`);
    },
    entity: (ref) => ask(at(ref)),
    ignored: (limit) => ask(`/v1/ignored-entities?limit=${limit}`),
    merge: (from, into) => post(`${at(from)}/merge`, { into }),
    split: (ref, aliases) => post(`${at(ref)}/split`, { aliases }),
    rename: (ref, name) => post(`${at(ref)}/rename`, { name }),
    forget: (ref, ignore) => post(`${at(ref)}/forget`, { ignore }),
    teach: (entity) => post('/v1/entities', entity),
  };
}
