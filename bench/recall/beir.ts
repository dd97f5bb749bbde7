import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { UsageError } from '../../src/lib/errors.ts';
import { memoryKinds } from '../../src/memory/kinds.ts';
import type { Judgements } from './metrics.ts';

/** A memory of a set. What the set does not say is plausible: a note of the owner, remembered at `unknownDate`. */
export interface SetMemory {
  id: string;
  content: string;
  kind: string;
  source: string;
  createdAt: Date;
}

export interface SetQuery {
  id: string;
  text: string;
  /** What kind of query it is; `all` where the set does not say. */
  group: string;
  /** The name of the qrels file it was judged in, such as `dev` or `test`. */
  split: string;
  judgements: Judgements;
}

/** A labelled set: memories, and queries with graded answers. */
export interface LabelledSet {
  memories: SetMemory[];
  queries: SetQuery[];
  /** What was left out, in sentences. */
  remarks: string[];
}

/** The day at which the sets without dates are taken to have been remembered. */
export const unknownDate = new Date('2026-01-01T00:00:00Z');

/** Fields of other sets may have these names and mean something else. */
const metadata = z.looseObject({
  kind: z.enum(memoryKinds).catch('note'),
  source: z
    .string()
    .regex(/^[\w.:-]+$/)
    .catch('cli'),
  createdAt: z.iso.datetime({ offset: true }).optional(),
  class: z.string().catch('all'),
});
const id = z.union([z.string().min(1), z.number()]).transform(String);
const corpusLine = z.looseObject({
  _id: id,
  title: z.string().nullish(),
  text: z.string(),
  metadata: metadata.optional(),
});
const queryLine = z.looseObject({ _id: id, text: z.string().min(1), metadata: metadata.optional() });

/**
 * Reads a set in BEIR layout: `corpus.jsonl`, `queries.jsonl` and `qrels/*.tsv` (query-id, corpus-id, score; a heading is
 * optional). Queries without a relevant memory are left out, as trec_eval does, and so are judgements of what the set does
 * not have, which are counted in `remarks`. Rejects with a `UsageError` that has the file and line of what is wrong.
 */
export async function loadBeir(dir: string): Promise<LabelledSet> {
  const memories = await readJsonLines(join(dir, 'corpus.jsonl'), corpusLine, (line): SetMemory => {
    const { kind = 'note', source = 'cli', createdAt } = line.metadata ?? {};
    return {
      id: line._id,
      content: [line.title ?? '', line.text]
        .filter((part) => part.trim() !== '')
        .join('\n')
        .replaceAll('\0', ' '),
      kind,
      source,
      createdAt: createdAt === undefined ? unknownDate : new Date(createdAt),
    };
  });
  const texts = await readJsonLines(join(dir, 'queries.jsonl'), queryLine, (line) => line);
  const known = {
    memories: uniqueIds(dir, memories),
    queries: new Map(texts.map((line) => [line._id, line])),
  };
  const queries: SetQuery[] = [];
  const strangers: string[] = [];
  for (const [split, judged] of await readQrels(join(dir, 'qrels'), known, strangers)) {
    for (const [queryId, judgements] of judged) {
      const line = known.queries.get(queryId);
      if (line === undefined || ![...judgements.values()].some((grade) => grade > 0)) continue;
      queries.push({ id: queryId, text: line.text, group: line.metadata?.class ?? 'all', split, judgements });
    }
  }
  const [first] = strangers;
  if (queries.length === 0)
    throw new UsageError(
      `${dir}: no query has a relevant memory${first === undefined ? '' : `, and ${first}`}`,
    );
  return {
    memories: memories.filter(({ content }) => content !== ''),
    queries,
    remarks: first === undefined ? [] : [`${strangers.length} judgements were left out, the first: ${first}`],
  };
}

function uniqueIds(dir: string, memories: readonly SetMemory[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const memory of memories) {
    if (ids.has(memory.id))
      throw new UsageError(`${join(dir, 'corpus.jsonl')}: _id ${memory.id} occurs twice`);
    ids.add(memory.id);
  }
  return ids;
}

async function readJsonLines<Schema extends z.ZodType, T>(
  path: string,
  schema: Schema,
  convert: (line: z.output<Schema>) => T,
): Promise<T[]> {
  const items: T[] = [];
  for await (const { line, number } of linesOf(path)) {
    const parsed = schema.safeParse(parseJson(line, path, number));
    if (!parsed.success) throw new UsageError(`${path}:${number}: ${z.prettifyError(parsed.error)}`);
    items.push(convert(parsed.data));
  }
  return items;
}

function parseJson(line: string, path: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (thrown) {
    throw new UsageError(`${path}:${number}: expected a JSON object, got ${line.slice(0, 60)}`, {
      cause: thrown,
    });
  }
}

interface Known {
  memories: ReadonlySet<string>;
  queries: ReadonlyMap<string, unknown>;
}

async function readQrels(
  dir: string,
  known: Known,
  strangers: string[],
): Promise<Map<string, Map<string, Map<string, number>>>> {
  const files = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.tsv')) : [];
  if (files.length === 0) throw new UsageError(`${dir}: expected at least one .tsv file`);
  const splits = new Map<string, Map<string, Map<string, number>>>();
  for (const file of files.sort()) {
    const judged = new Map<string, Map<string, number>>();
    for await (const { line, number } of linesOf(join(dir, file))) {
      const judgement = readJudgement(line, number, join(dir, file));
      if (judgement === undefined) continue;
      const [queryId, memoryId, grade] = judgement;
      if (!known.queries.has(queryId) || !known.memories.has(memoryId)) {
        const what = known.queries.has(queryId) ? `memory ${memoryId} in the corpus` : `query ${queryId}`;
        strangers.push(`${join(dir, file)}:${number}: there is no ${what}`);
        continue;
      }
      judged.set(queryId, (judged.get(queryId) ?? new Map<string, number>()).set(memoryId, grade));
    }
    splits.set(file.replace(/\.tsv$/, ''), judged);
  }
  return splits;
}

function readJudgement(line: string, number: number, path: string): [string, string, number] | undefined {
  const [queryId = '', memoryId = '', score = '', ...more] = line.split('\t');
  if (number === 1 && more.length === 0 && Number.isNaN(Number(score))) return undefined;
  const grade = Number(score);
  if (more.length > 0 || score.trim() === '' || !Number.isInteger(grade)) {
    throw new UsageError(
      `${path}:${number}: expected query-id, corpus-id and a whole score between tabs, got ${line.slice(0, 60)}`,
    );
  }
  return [queryId, memoryId, Math.max(0, grade)];
}

async function* linesOf(path: string): AsyncGenerator<{ line: string; number: number }> {
  if (!existsSync(path)) throw new UsageError(`${path}: there is no such file`);
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() !== '') yield { line, number };
  }
}
