import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
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
}

/** The day at which the sets without dates are taken to have been remembered. */
export const unknownDate = new Date('2026-01-01T00:00:00Z');

const metadata = z.looseObject({
  kind: z.string().default('note'),
  source: z.string().default('cli'),
  createdAt: z.iso.datetime().optional(),
  class: z.string().default('all'),
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
 * optional). Queries without a relevant memory are left out, as trec_eval does. Rejects with the file and line of what is wrong.
 */
export async function loadBeir(dir: string): Promise<LabelledSet> {
  const memories = await readJsonLines(join(dir, 'corpus.jsonl'), corpusLine, (line): SetMemory => {
    const { kind = 'note', source = 'cli', createdAt } = line.metadata ?? {};
    return {
      id: line._id,
      content: [line.title ?? '', line.text].filter((part) => part.trim() !== '').join('\n'),
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
  for (const [split, judged] of await readQrels(join(dir, 'qrels'), known)) {
    for (const [queryId, judgements] of judged) {
      const line = known.queries.get(queryId);
      if (line === undefined || ![...judgements.values()].some((grade) => grade > 0)) continue;
      queries.push({ id: queryId, text: line.text, group: line.metadata?.class ?? 'all', split, judgements });
    }
  }
  if (queries.length === 0) throw new Error(`${dir}: no query has a relevant memory`);
  return { memories: memories.filter(({ content }) => content !== ''), queries };
}

function uniqueIds(dir: string, memories: readonly SetMemory[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const memory of memories) {
    if (ids.has(memory.id)) throw new Error(`${join(dir, 'corpus.jsonl')}: _id ${memory.id} occurs twice`);
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
    if (!parsed.success) throw new Error(`${path}:${number}: ${z.prettifyError(parsed.error)}`);
    items.push(convert(parsed.data));
  }
  return items;
}

function parseJson(line: string, path: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (thrown) {
    throw new Error(`${path}:${number}: expected a JSON object, got ${line.slice(0, 60)}`, { cause: thrown });
  }
}

interface Known {
  memories: ReadonlySet<string>;
  queries: ReadonlyMap<string, unknown>;
}

async function readQrels(dir: string, known: Known): Promise<Map<string, Map<string, Map<string, number>>>> {
  const files = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.tsv')) : [];
  if (files.length === 0) throw new Error(`${dir}: expected at least one .tsv file`);
  const splits = new Map<string, Map<string, Map<string, number>>>();
  for (const file of files.sort()) {
    const judged = new Map<string, Map<string, number>>();
    for await (const { line, number } of linesOf(join(dir, file))) {
      const judgement = readJudgement(line, number, join(dir, file), known);
      if (judgement === undefined) continue;
      const [queryId, memoryId, grade] = judgement;
      judged.set(queryId, (judged.get(queryId) ?? new Map<string, number>()).set(memoryId, grade));
    }
    splits.set(file.replace(/\.tsv$/, ''), judged);
  }
  return splits;
}

function readJudgement(
  line: string,
  number: number,
  path: string,
  known: Known,
): [string, string, number] | undefined {
  const [queryId = '', memoryId = '', score = '', ...more] = line.split('\t');
  if (number === 1 && Number.isNaN(Number(score))) return undefined;
  const grade = Number(score);
  if (more.length > 0 || score.trim() === '' || !Number.isInteger(grade)) {
    throw new Error(
      `${path}:${number}: expected query-id, corpus-id and a whole score between tabs, got ${line.slice(0, 60)}`,
    );
  }
  if (!known.queries.has(queryId)) throw new Error(`${path}:${number}: there is no query ${queryId}`);
  if (!known.memories.has(memoryId))
    throw new Error(`${path}:${number}: there is no memory ${memoryId} in the corpus`);
  return [queryId, memoryId, Math.max(0, grade)];
}

async function* linesOf(path: string): AsyncGenerator<{ line: string; number: number }> {
  if (!existsSync(path)) throw new Error(`${path}: there is no such file`);
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() !== '') yield { line, number };
  }
}
