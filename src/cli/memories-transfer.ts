import { open, rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { Command, Option } from 'commander';
import { countLines } from '../lib/count-lines.ts';
import { NinjadError } from '../lib/errors.ts';
import { maxImportedLines } from '../memory/requests.ts';
import { trusts, type Trust } from '../lib/wire/trust.ts';
import { connect } from './connect.ts';
import { progressText } from './import-progress.ts';
import { type FilterOptions, filterOf, isJson, withFilters } from './memory-options.ts';
import { batchesOf, type LineBatch, type LineProblem, linesOf } from './memory-lines.ts';
import { printJson, printLines } from './print.ts';
import { oneLine } from './printable.ts';
import { createProgress } from './progress.ts';
import { tellWaiting, untilKept } from './until-kept.ts';

const importHelp = `
Each line is a memory as ninjad memories export writes it; only "content" has to be there. A line that cannot be read is
named with its number and left out; the others are imported, and the exit status is 1. No line is trusted more than its
source can be. Whatever is there already is left as it is, so the same file can be imported again.
`;

/** `ninjad memories export`. */
export function exportCommand(): Command {
  return withFilters(new Command('export'))
    .description('write memories as JSON lines, the oldest first')
    .argument('[file]', 'where to; without one, or -, to stdout')
    .action(async (file: string | undefined, _: unknown, command: Command) => {
      const daemon = connect();
      const progress = createProgress();
      const waiting = await untilKept(daemon.ask, progress);
      progress.end();
      if (waiting > 0) process.stderr.write(`${waiting} memories are not prepared yet and not in it\n`);
      const chunks = daemon.exportMemories(filterOf(command.optsWithGlobals<FilterOptions>()));
      if (file === undefined || file === '-') await writeOut(chunks);
      else await writeFileWhole(file, chunks);
    });
}

/** `ninjad memories import`. */
export function importCommand(): Command {
  return new Command('import')
    .description('take memories from JSON lines')
    .argument('<file>', 'a file; - reads stdin')
    .addOption(
      new Option('--at-most <trust>', 'trust none of them more than this').choices(trusts).default('owner'),
    )
    .option('--json', 'print the counts as JSON')
    .addHelpText('after', importHelp)
    .action(async (file: string, { atMost }: { atMost: Trust }, command: Command) => {
      const counts = await importFrom(file, atMost);
      if (isJson(command)) printJson(counts);
      else printLines([`${counts.imported} imported, ${counts.known} known already, ${counts.bad} not read`]);
      if (counts.bad > 0) throw new NinjadError('BAD_LINES', `${counts.bad} lines could not be read`);
    });
}

async function writeOut(chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of chunks) if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
}

/** The file is there only once it is whole; only its owner may read it. */
async function writeFileWhole(path: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, 'w', 0o600);
  try {
    for await (const chunk of chunks) await file.writeFile(chunk);
    await file.sync();
    await file.close();
    await rename(part, path);
  } catch (thrown) {
    await file.close().catch(() => undefined);
    await rm(part, { force: true });
    throw thrown;
  }
}

interface ImportCounts {
  imported: number;
  known: number;
  bad: number;
}

async function importFrom(path: string, ceiling: Trust): Promise<ImportCounts> {
  const { ask } = connect();
  const counts: ImportCounts = { imported: 0, known: 0, bad: 0 };
  const progress = createImportProgress(process.stderr.isTTY ? await countLines(path) : undefined);
  for await (const { lines, problems, lastNumber } of batchesOf(linesOf(path), maxImportedLines)) {
    counts.bad += problems.length;
    progress.complain(problems);
    if (lines.length > 0) {
      const answer = await ask('memories.import', { lines: await withoutSecrets(lines), ceiling });
      counts.imported += answer.imported;
      counts.known += answer.known;
    }
    progress.show(lastNumber, counts);
  }
  progress.end();
  if (process.stderr.isTTY && counts.imported > 0) await tellWaiting(ask);
  return counts;
}

/** As they will be remembered: what is there is found again by its words. */
async function withoutSecrets(lines: LineBatch['lines']): Promise<LineBatch['lines']> {
  // Its rules take 0.2 s to load, which no other command of memories needs.
  const { redact } = await import('../memory/keep/redact.ts');
  const clean: LineBatch['lines'] = [];
  for (const line of lines) clean.push({ ...line, content: (await redact(line.content)).text });
  return clean;
}

const shownProblems = 20;

/** Bad lines on stderr, the first of them each; how far it is and how long the rest will take, where stderr is a terminal. */
function createImportProgress(total: number | undefined) {
  const startedAt = performance.now();
  let complaints = 0;
  const clear = process.stderr.isTTY ? '\r\u001B[K' : '';
  return {
    complain(problems: readonly LineProblem[]): void {
      for (const { number, problem } of problems) {
        complaints += 1;
        if (complaints <= shownProblems)
          process.stderr.write(`${clear}ninjad: line ${number}: ${oneLine(problem)}\n`);
        if (complaints === shownProblems + 1)
          process.stderr.write(`${clear}ninjad: further bad lines are only counted\n`);
      }
    },
    show(line: LineBatch['lastNumber'], { imported, known }: ImportCounts): void {
      const elapsedMs = performance.now() - startedAt;
      if (process.stderr.isTTY)
        process.stderr.write(clear + progressText({ line, total, imported, known, elapsedMs }));
    },
    end(): void {
      process.stderr.write(clear);
    },
  };
}
