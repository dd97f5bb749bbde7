import type { Ask } from '../lib/operations/ask.ts';
import type { Trust } from '../lib/wire/trust.ts';
import { linesOfText, type TextLines } from './foreign/document.ts';
import { foreignBytes, readForeign } from './foreign/read-foreign.ts';
import type { transferOperations } from './operations.ts';
import type { ImportKind } from './rows.ts';

export interface ImportForeignOptions {
  ask: Ask<typeof transferOperations>;
  from: string;
  /** Nothing is trusted more than this. */
  ceiling: Trust;
  dryRun: boolean;
  /** Told of the texts so far at the beginning and after each batch, and of the bytes that were read of how many. */
  progress: (what: string, count: number, bytes: { done: number; total: number }) => void;
}

/** What was taken of texts from elsewhere. */
export interface ImportedForeign {
  from: string;
  dryRun: boolean;
  /** Numbers by which the imports are taken back, by kind; none in a dry run or where all was known. */
  imports: Partial<Record<ImportKind, number>>;
  /** Texts that were read, by what became of them. */
  texts: number;
  imported: number;
  known: number;
  empty: number;
  chars: number;
  problems: string[];
}

const batchTexts = 50;
const maxBatchBytes = 3 * 1024 * 1024;

interface Batch {
  kind: ImportKind;
  texts: TextLines[];
  bytes: number;
}

/** Takes conversations and notes from elsewhere as memories, each text once. */
export async function importForeign(options: ImportForeignOptions): Promise<ImportedForeign> {
  const { from, dryRun, progress } = options;
  const imports = new Map<ImportKind, number>();
  const result = {
    from,
    dryRun,
    texts: 0,
    imported: 0,
    known: 0,
    empty: 0,
    chars: 0,
    problems: [] as string[],
  };
  let batch: Batch | undefined;
  const seen = new Set<string>();
  const bytes = { done: 0, total: await foreignBytes(from) };
  const show = (): void => {
    progress('texts', result.texts, bytes);
  };
  show();
  const send = async (): Promise<void> => {
    if (batch === undefined) return;
    const taken = await sendBatch(batch, imports, options);
    result.imported += taken.imported;
    result.known += taken.known;
    batch = undefined;
    show();
  };
  for await (const found of readForeign(from, (read) => (bytes.done += read))) {
    if ('problem' in found) {
      result.problems.push(found.problem);
      continue;
    }
    result.texts += 1;
    const lines = linesOfText(found);
    if (lines === undefined) {
      result.empty += 1;
      continue;
    }
    result.chars += found.text.length;
    for (const piece of piecesOf(lines)) {
      // What stands in it twice is known the second time, in a dry run as well.
      if (seen.has(piece.hash)) {
        result.known += 1;
        continue;
      }
      seen.add(piece.hash);
      const bytes = Buffer.byteLength(JSON.stringify(piece));
      const isFull = (batch?.texts.length ?? 0) >= batchTexts || (batch?.bytes ?? 0) + bytes > maxBatchBytes;
      if (isFull || (batch !== undefined && batch.kind !== found.kind)) await send();
      batch ??= { kind: found.kind, texts: [], bytes: 0 };
      batch.texts.push(piece);
      batch.bytes += bytes;
    }
  }
  await send();
  return { ...result, imports: Object.fromEntries(imports) };
}

/** A text of many parts does not fit into one request, and each part of it is taken once for itself. */
function piecesOf({ hash, lines }: TextLines): TextLines[] {
  if (lines.length === 1) return [{ hash, lines }];
  return lines.map((line, at) => ({
    hash: `${hash.slice(0, -4)}${at.toString(16).padStart(4, '0')}`,
    lines: [line],
  }));
}

async function sendBatch(
  { kind, texts }: Batch,
  imports: Map<ImportKind, number>,
  { ask, from, ceiling, dryRun }: ImportForeignOptions,
): Promise<{ imported: number; known: number }> {
  const { known } = await ask('imports.known', { hashes: texts.map(({ hash }) => hash) });
  if (dryRun || known === texts.length) return { imported: texts.length - known, known };
  let id = imports.get(kind);
  if (id === undefined) {
    ({ id } = await ask('import.begin', { kind, origin: from }));
    imports.set(kind, id);
  }
  return ask('import.texts', { import: id, texts, ceiling });
}
