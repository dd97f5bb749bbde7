import { createInterface } from 'node:readline';
import type { SqlRows } from '../lib/store/run-sql.ts';
import type { DaemonClient } from './connect.ts';
import { reportFailure } from './failure.ts';
import { paint } from './paint.ts';
import { printLines, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { splitStatements } from './sql-statements.ts';

/** The small prompt for where psql is not installed: statements end with a semicolon, `\q` or Ctrl-D leaves. */
export async function sqlPrompt(client: DaemonClient): Promise<void> {
  printLines(['psql is not installed: this is the built-in prompt. A statement ends with ; and \\q leaves.']);
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: 'ninjad=# ' });
  terminal.on('SIGINT', () => terminal.close());
  terminal.prompt();
  let typed = '';
  for await (const line of terminal) {
    if (line.trim() === '\\q') break;
    const { statements, rest } = splitStatements(`${typed}${line}\n`);
    for (const statement of statements) await runOne(client, statement);
    typed = rest === '' ? '' : `${rest}\n`;
    terminal.setPrompt(typed === '' ? 'ninjad=# ' : 'ninjad-# ');
    terminal.prompt();
  }
  terminal.close();
}

async function runOne(client: DaemonClient, statement: string): Promise<void> {
  try {
    printLines((await client.ask('sql.run', { text: statement })).flatMap(resultLines));
  } catch (thrown) {
    // One bad statement does not end the session.
    reportFailure(thrown);
  }
}

/** A result for people: an aligned table and the number of rows, or what was done. */
export function resultLines({ command, rowCount, columns, rows, truncated }: SqlRows): string[] {
  if (columns.length === 0) return [rowCount === null ? command : `${command} ${rowCount}`];
  const shown = tableLines(
    columns.map((title) => ({ title: oneLine(title) })),
    rows.map((row) => row.map(cellText)),
  );
  const total = `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'}${truncated ? ', more were left out' : ''})`;
  return [...shown, paint('dim', total)];
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value));
}
