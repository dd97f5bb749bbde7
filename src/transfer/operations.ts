import { z } from 'zod';
import { recordAct } from '../activity/record-act.ts';
import type { Bus } from '../lib/bus.ts';
import { messageOf, NotFoundError, UsageError } from '../lib/errors.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { byId, limit } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import type { Store } from '../lib/store/store.ts';
import { trusts } from '../lib/wire/trust.ts';
import type { MemoryFacts } from '../memory/facts.ts';
import { importedOf, maxTags, memoryLine } from '../memory/memory-line.ts';
import { importMemories } from '../memory/rows/import-memories.ts';
import { noteBad, type PartPage, type Taken } from './home-part.ts';
import { homeParts, partOf } from './parts.ts';
import {
  beginImport,
  importKinds,
  importTag,
  listImports,
  takeItems,
  undoImport,
  unknownItems,
} from './rows.ts';

/** Services that the operations of transfer use. */
export interface TransferNeeds {
  store: Store;
  /** The same store for imports, which questions go before. Default: the store. */
  background?: Store;
  bus: Pick<Bus<MemoryFacts & ListFacts>, 'emit'>;
  now: () => Date;
}

/** Rows of one page of an export, and of one batch of an import. */
export const pageRows = 200;

const part = z.enum(homeParts.map(({ name }) => name) as [string, ...string[]]);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const rowsInput = z.strictObject({
  part,
  rows: z.array(z.record(z.string(), z.unknown())).min(1).max(pageRows),
  /** Nothing is stored; the answer is the same. */
  dryRun: z.boolean().default(false),
});
const textsInput = z.strictObject({
  import: z.int().min(1),
  texts: z
    .array(z.strictObject({ hash, lines: z.array(memoryLine).min(1).max(100) }))
    .min(1)
    .max(pageRows),
  ceiling: z.enum(trusts).default('owner'),
});

/** Thrown to undo what a dry run has done. */
class DryRun extends Error {}

/** Operations of export and import; the files are the command line's. */
export const transferOperations = {
  'export.page': operation(
    'GET /export/:part',
    z.strictObject({ part, after: z.coerce.number().int().min(0).default(0) }),
    ({ store }: TransferNeeds, { part: name, after }): Promise<PartPage> =>
      found(name).page(store, after, pageRows),
    { faces: ['cli'] },
  ),
  'import.rows': operation('POST /import/:part', rowsInput, importRows, { faces: ['cli'] }),
  'imports.list': operation('GET /imports', z.strictObject({ limit }), ({ store }: TransferNeeds, query) =>
    listImports(store, query.limit),
  ),
  'imports.known': operation(
    'GET /imports/known',
    z.strictObject({ hashes: z.array(hash).max(pageRows) }),
    async ({ store }: TransferNeeds, { hashes }): Promise<{ known: number }> => {
      const unknown = await unknownItems(store, hashes);
      return { known: hashes.filter((one) => !unknown.has(one)).length };
    },
    { faces: ['cli'] },
  ),
  'import.begin': operation(
    'POST /imports',
    z.strictObject({ kind: z.enum(importKinds), origin: z.string().min(1).max(4_096) }),
    async ({ store, bus, now }: TransferNeeds, { kind, origin }, caller) => {
      const id = await store.transaction(async (tx) => {
        const begun = await beginImport(tx, { kind, origin, now: now() });
        const summary = `import ${begun} of ${kind} was begun: ${origin}`;
        await recordAct(tx, caller, {
          at: now(),
          action: 'import.begun',
          summary,
          detail: { import: begun },
        });
        return begun;
      });
      bus.emit('list.changed', { list: 'imports.list' });
      return { id };
    },
    { faces: ['cli'] },
  ),
  'import.texts': operation('POST /imports/texts', textsInput, importTexts, {
    faces: ['cli'],
    unrecorded: 'the import was recorded when it began',
  }),
  'import.undo': operation(
    'DELETE /imports/:id',
    byId,
    async ({ store, bus, now }: TransferNeeds, { id }, caller) => {
      const undone = await store.transaction(async (tx) => {
        const result = await undoImport(tx, id, now());
        if (result === undefined)
          throw new NotFoundError(`there is no import ${id}, or it was taken back already`);
        const summary = `import ${id} was taken back: ${result.forgotten} memories were forgotten`;
        await recordAct(tx, caller, { at: now(), action: 'import.undone', summary, detail: { import: id } });
        return result;
      });
      bus.emit('list.changed', { list: 'imports.list' });
      bus.emit('list.changed', { list: 'memories.list' });
      return undone;
    },
  ),
};

function found(name: string) {
  const wanted = partOf(name);
  if (wanted === undefined) throw new UsageError(`expected a part of an export, got ${name}`);
  return wanted;
}

async function importRows(
  { store, background = store, bus, now }: TransferNeeds,
  { part: name, rows, dryRun }: z.output<typeof rowsInput>,
  caller: Parameters<typeof recordAct>[1],
): Promise<Taken> {
  const { put, putAll } = found(name);
  if (put === undefined && putAll === undefined) throw new UsageError(`${name} can only be read`);
  const taken: Taken = { imported: 0, known: 0, bad: 0, problems: [] };
  try {
    await background.transaction(async (tx) => {
      if (putAll !== undefined) await putAll(tx, rows, taken);
      for (const row of putAll === undefined ? rows : []) {
        await tx.query({ text: 'SAVEPOINT one_row' });
        try {
          if ((await put?.(tx, row)) === true) taken.imported += 1;
          else taken.known += 1;
        } catch (thrown) {
          await tx.query({ text: 'ROLLBACK TO SAVEPOINT one_row' });
          noteBad(taken, messageOf(thrown));
        }
        await tx.query({ text: 'RELEASE SAVEPOINT one_row' });
      }
      if (dryRun) throw new DryRun();
      const summary = `${taken.imported} ${name} were imported`;
      await recordAct(tx, caller, { at: now(), action: 'home.imported', summary, detail: { part: name } });
    });
  } catch (thrown) {
    if (!(thrown instanceof DryRun)) throw thrown;
    return taken;
  }
  if (taken.imported > 0 && name === 'memories') bus.emit('memory.pending', { by: caller.by });
  if (taken.imported > 0) bus.emit('list.changed', { list: listOf(name) });
  return taken;
}

/** What shows rows of this part. */
function listOf(name: string) {
  switch (name) {
    case 'wishes':
      return 'wishes.list';
    case 'findings':
      return 'findings.list';
    case 'goals':
      return 'goals.list';
    case 'machines':
      return 'fleet.list';
    case 'conversations':
      return 'chat.conversations';
    default:
      return 'memories.list';
  }
}

async function importTexts(
  { store, background = store, bus, now }: TransferNeeds,
  { import: id, texts, ceiling }: z.output<typeof textsInput>,
  caller: Parameters<typeof recordAct>[1],
): Promise<Pick<Taken, 'imported' | 'known'> & { memories: number }> {
  const tag = importTag(id);
  const taken = await background.transaction(async (tx) => {
    const fresh = await takeItems(
      tx,
      id,
      texts.map((text) => text.hash),
    );
    const lines = texts
      .filter(
        (text, at) => fresh.has(text.hash) && texts.findIndex(({ hash: same }) => same === text.hash) === at,
      )
      .flatMap((text) => text.lines)
      .map((line) => ({ ...line, tags: [...line.tags.slice(0, maxTags - 1), tag] }));
    const memories = await importMemories(
      tx,
      lines.map((line) => importedOf(line, { ceiling, now: now() })),
    );
    return { imported: fresh.size, known: texts.length - fresh.size, memories };
  });
  if (taken.memories > 0) {
    bus.emit('memory.pending', { by: caller.by });
    bus.emit('list.changed', { list: 'memories.list' });
  }
  return taken;
}
