import type { Readable } from 'node:stream';
import { runTool } from './run-tool.ts';
import { fittingTool, type PostgresTool } from './tools.ts';

/**
 * Counts the rows of each table in a dump, without a server: pg_restore writes it out as text, which is counted as it passes.
 * `dumpedBy` is the major version of the pg_dump that made it. Throws a `BackupError`.
 */
export async function countDump(path: string, dumpedBy: number): Promise<Record<string, number>> {
  const tool = await fittingTool('pg_restore', {
    atLeast: dumpedBy,
    why: `the dump was made by pg_dump ${dumpedBy}`,
  });
  const counter = rowCounter(tablesOf(await contentsOf(tool, path)));
  await runTool(tool, {
    args: ['--data-only', '--file=-', path],
    read: async (printed: Readable) => {
      for await (const chunk of printed as AsyncIterable<Buffer>) counter.take(chunk);
    },
  });
  return counter.counts();
}

/** What pg_restore lists of a dump, one thing a line. */
export async function contentsOf(tool: PostgresTool, path: string): Promise<string> {
  let contents = '';
  await runTool(tool, {
    args: ['--list', path],
    read: async (printed) => {
      for await (const text of printed.setEncoding('utf8') as AsyncIterable<string>) contents += text;
    },
  });
  return contents;
}

/** The tables that a dump makes, parts of others left out: one that is parted into nothing yet has no rows to be seen. */
export function tablesOf(contents: string): string[] {
  const named = (kind: string): string[] =>
    [...contents.matchAll(new RegExp(`^\\d+; \\d+ \\d+ ${kind} public (\\S+) `, 'gm'))].map(
      ([, name = '']) => name,
    );
  const parts = new Set(named('TABLE ATTACH'));
  return named('TABLE').filter((name) => !parts.has(name));
}

const newline = 10;
/** A line of COPY is longer than the table's name only by its columns, and nothing needs their end. */
const headChars = 500;
/** `\.` ends the rows, and no row is that: a backslash in one is doubled. */
const endOfRows = String.raw`\.`;
const copyLine = /^COPY (?:"?public"?\.)(?:"(?<quoted>(?:[^"]|"")+)"|(?<plain>[\w$]+)) /;

/**
 * Counts the rows between `COPY … FROM stdin;` and `\.`, whatever the size of a row; a table may have several such parts, or none.
 * `tables` are those that are known to be there.
 */
export function rowCounter(tables: readonly string[] = []): {
  take(chunk: Buffer): void;
  counts(): Record<string, number>;
} {
  const counted = new Map(tables.map((name) => [name, 0]));
  let table: string | undefined;
  let inRows = false;
  /** The beginning of the line that is being read. */
  let head = '';

  const lineEnded = (): void => {
    if (inRows && head === endOfRows) inRows = false;
    else if (inRows && table !== undefined) counted.set(table, (counted.get(table) ?? 0) + 1);
    else if (!inRows && head.startsWith('COPY ')) {
      inRows = true;
      const { quoted, plain } = copyLine.exec(head)?.groups ?? {};
      table = quoted?.replaceAll('""', '"') ?? plain;
      if (table !== undefined && !counted.has(table)) counted.set(table, 0);
    }
    head = '';
  };
  return {
    take(chunk) {
      for (let at = 0; at < chunk.length;) {
        const found = chunk.indexOf(newline, at);
        const end = found === -1 ? chunk.length : found;
        const wanted = (inRows ? endOfRows.length + 1 : headChars) - head.length;
        if (wanted > 0) head += chunk.toString('latin1', at, Math.min(end, at + wanted));
        if (found === -1) return;
        lineEnded();
        at = end + 1;
      }
    },
    counts: () => Object.fromEntries(counted),
  };
}
