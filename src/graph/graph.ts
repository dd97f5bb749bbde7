import { ConflictError, NotFoundError, UsageError } from '../lib/errors.ts';
import { recordAct } from '../activity/record-act.ts';
import type { Face } from '../lib/operations/operation.ts';
import type { EntityView, GraphView } from './graph-view.ts';
import {
  forgetEntity,
  mergeEntities,
  namesOf,
  ownerOfName,
  renameEntity,
  splitEntity,
  teachEntity,
} from './rows/amend.ts';
import {
  entitiesNamed,
  type EntityPage,
  type EntityRow,
  ignoredNames,
  searchEntities,
  topEntities,
} from './rows/list-entities.ts';
import { graphPicture, type PictureQuery } from './rows/picture.ts';
import { type EntityDetailRow, findEntity, relationsOfEntity } from './rows/show-entity.ts';
import type { Store } from '../lib/store/store.ts';
import { entityName } from './extract/canonical.ts';
import type { EntityKind, EntityName } from './extract/extraction.ts';

/** An entity with its neighbourhood, as the dashboard shows it and a little more. */
export interface EntityDetail extends EntityView {
  /** Made or renamed by the owner. */
  taught: boolean;
  relations: (EntityView['relations'][number] & { weight: number })[];
}

/** What an act of the owner led to. */
export interface GraphActResult {
  /** The entity that is there now; null where it was forgotten. */
  id: number | null;
  /** One sentence. */
  message: string;
}

/**
 * The knowledge graph as the owner reads and amends it. `ref` is an entity's number or one of its names; a call rejects with
 * `NotFoundError` where there is none, with `ConflictError` where a name means several or belongs to another one.
 */
export interface Graph {
  /** By name, the closest first; without a text the most mentioned. */
  search(query: EntityPage & { text?: string | undefined }): Promise<EntityRow[]>;
  entity(ref: string): Promise<EntityDetail>;
  picture(query: PictureQuery): Promise<GraphView>;
  ignored(limit: number): Promise<{ kind: string; name: string }[]>;
  merge(from: string, into: string): Promise<GraphActResult>;
  split(ref: string, aliases: readonly string[]): Promise<GraphActResult>;
  rename(ref: string, name: string): Promise<GraphActResult>;
  forget(ref: string, options: { ignore: boolean }): Promise<GraphActResult>;
  teach(entity: { kind: EntityKind; name: string; aliases: readonly string[] }): Promise<GraphActResult>;
}

export interface GraphDeps {
  store: Store;
  /** The face that the owner acts by. */
  by: Face;
  now?: () => Date;
}

const shownRelations = 100;

/** See `Graph`. Each act is one transaction and one line of the activity log. */
export function createGraph({ store, by, now = () => new Date() }: GraphDeps): Graph {
  const act = <Result extends GraphActResult>(
    action: string,
    work: (tx: Pick<Store, 'query'>) => Promise<Result>,
  ): Promise<Result> =>
    store.transaction(async (tx) => {
      const result = await work(tx);
      await recordAct(
        tx,
        { by },
        { at: now(), action, summary: result.message, detail: { entityId: result.id } },
      );
      return result;
    });

  return {
    search({ text = '', ...page }) {
      const keys = keysOf(text);
      return keys.length === 0 ? topEntities(store, page) : searchEntities(store, { keys, ...page });
    },
    async entity(ref) {
      const entity = await resolve(store, ref);
      return detailOf(entity, await relationsOfEntity(store, entity.id, shownRelations));
    },
    picture: (query) => graphPicture(store, query),
    ignored: (limit) => ignoredNames(store, limit),

    merge: (from, into) =>
      act('entity.merged', async (tx) => {
        const [gone, kept] = [await resolve(tx, from), await resolve(tx, into)];
        if (gone.id === kept.id)
          throw new ConflictError(`${gone.name} and ${kept.name} are one already: ${kept.id}`);
        const names = await namesOf(tx, gone.id);
        await mergeEntities(tx, gone.id, kept.id);
        const back = names.map(({ name }) => JSON.stringify(name)).join(' ');
        return {
          id: kept.id,
          message: `${gone.name} is ${kept.name} now; ninjad entities split ${kept.id} ${back} undoes it`,
        };
      }),
    split: (ref, aliases) =>
      act('entity.split', async (tx) => {
        const entity = await resolve(tx, ref);
        const names = await namesOf(tx, entity.id);
        const wanted = new Set(aliases.flatMap((alias) => keysOf(alias)));
        const leaving = names.filter(({ key }) => wanted.has(key));
        const staying = names.filter(({ key }) => !wanted.has(key));
        if (leaving.length === 0) {
          const known = names.map(({ name }) => name).join(', ');
          throw new NotFoundError(
            `${entity.name} does not go by ${aliases.join(', ')}; its names are: ${known}`,
          );
        }
        if (staying.length === 0) throw new ConflictError(`${entity.name} would have no name left`);
        const id = await splitEntity(tx, entity.id, { leaving, staying }, now());
        return {
          id,
          message: `${leaving.map(({ name }) => name).join(', ')} is an entity of its own now: ${id}`,
        };
      }),
    rename: (ref, text) =>
      act('entity.renamed', async (tx) => {
        const entity = await resolve(tx, ref);
        const name = nameFor(entity.kind as EntityKind, text);
        await refuseTaken(tx, name, entity.id);
        await renameEntity(tx, entity.id, name);
        return { id: entity.id, message: `${entity.name} is called ${name.name} now` };
      }),
    forget: (ref, { ignore }) =>
      act('entity.forgotten', async (tx) => {
        const entity = await resolve(tx, ref);
        await forgetEntity(tx, entity.id, ignore);
        const then = ignore ? 'and will not be learned again' : 'until something mentions it again';
        return { id: null, message: `${entity.name} is forgotten ${then}` };
      }),
    teach: ({ kind, name, aliases }) =>
      act('entity.taught', async (tx) => {
        const main = nameFor(kind, name);
        const taken = await ownerOfName(tx, main);
        const others = aliases.map((alias) => nameFor(kind, alias));
        for (const other of others) await refuseTaken(tx, other, taken ?? undefined);
        const id = await teachEntity(tx, taken ?? undefined, [main, ...others], now());
        return { id, message: `${main.name} is known now: ${id}` };
      }),
  };
}

async function resolve(tx: Pick<Store, 'query'>, ref: string): Promise<EntityDetailRow> {
  const found = /^[1-9]\d{0,14}$/.test(ref) ? await findEntity(tx, Number(ref)) : undefined;
  if (found !== undefined) return found;
  const keys = keysOf(ref);
  const [only, ...others] = keys.length === 0 ? [] : await entitiesNamed(tx, keys);
  if (others.length > 0) {
    const list = [only, ...others]
      .map((row) => (row === undefined ? '' : `${row.id} (${row.kind})`))
      .join(', ');
    throw new ConflictError(`${ref} means several: ${list}; give the number`);
  }
  const entity = only === undefined ? undefined : await findEntity(tx, only.id);
  if (entity !== undefined) return entity;
  const near = keys.length === 0 ? [] : await searchEntities(tx, { keys, limit: 3 });
  const hint =
    near.length === 0 ? '' : `; did you mean ${near.map(({ name, id }) => `${name} (${id})`).join(', ')}?`;
  throw new NotFoundError(`there is no entity ${ref}${hint}`);
}

async function refuseTaken(
  tx: Pick<Store, 'query'>,
  name: EntityName,
  except: number | undefined,
): Promise<void> {
  const taken = await ownerOfName(tx, name);
  if (taken != null && taken !== except)
    throw new ConflictError(`${name.name} is the name of entity ${taken}; merge them if they are one`);
}

function nameFor(kind: EntityKind, text: string): EntityName {
  const name = entityName(kind, text);
  if (name === undefined)
    throw new UsageError(`${JSON.stringify(text.slice(0, 100))} is no name of a ${kind}`);
  return name;
}

/** A text as the keys of every kind that it could name. */
function keysOf(text: string): string[] {
  const kinds = ['person', 'organisation', 'host', 'url', 'version', 'ip', 'repository'] as const;
  const keys = kinds.flatMap((kind) => entityName(kind, text)?.key ?? []);
  return [...new Set(keys)];
}

function detailOf(
  row: EntityDetailRow,
  relations: Awaited<ReturnType<typeof relationsOfEntity>>,
): EntityDetail {
  return {
    ...row,
    relations: relations.map((relation) => ({
      ...relation,
      direction: relation.subject === row.id ? ('out' as const) : ('in' as const),
    })),
  };
}
