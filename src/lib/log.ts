import { type Logger, multistream, pino, type StreamEntry } from 'pino';
import pretty from 'pino-pretty';
import { createFlood } from './flood.ts';
import { createLogFile } from './log-file.ts';
import { safeLogLine } from './log-line.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  /** Folder of the log files: at most six of 10 MiB. */
  dir: string;
  level: string;
  /** Where people read along; readable lines on a terminal, JSON elsewhere. Default the process's stderr. */
  console?: NodeJS.WriteStream & { fd: number };
  /** The console shows only that and why the daemon ends. */
  isQuiet?: boolean;
}

/** Lines of the same words in a minute; those past them are counted. */
const sameLines = 20;
/** The levels of pino by number. */
const warn = 40;
const fatal = 60;

/**
 * The daemon's logger: JSON lines in rotating files, and the console. A log that cannot be written never hurts the daemon.
 * Whatever causes them, lines of the same words are written 20 times a minute and counted from then on.
 */
export function createLogger(options: LogOptions): Logger {
  const { dir, level, console: screen = process.stderr, isQuiet = false } = options;
  const file = createLogFile({
    dir,
    lostLine: (lost) =>
      `${JSON.stringify({ level: warn, time: Date.now(), lost, msg: 'lines of this log were lost: the file could not be written' })}\n`,
  });
  const shown = screen.isTTY
    ? pretty({ destination: screen.fd, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true })
    : screen;
  // pino filters by its own level, so that it can change at run time; the streams take all that passes.
  const streams: StreamEntry[] = [
    { level: 'trace', stream: file },
    { level: isQuiet ? 'fatal' : 'trace', stream: shown },
  ];
  const flood = createFlood<Words>({ few: sameLines, onMore: (words, more) => tellMore(log, words, more) });
  const log = pino(
    {
      level,
      base: null,
      hooks: {
        streamWrite: safeLogLine,
        logMethod(args, method, rank) {
          const words = wordsOf(args, rank);
          const passes = words === undefined || rank >= fatal || flood.passes(words.key, words);
          if (passes) method.apply(this, args);
        },
      },
    },
    multistream(streams),
  );
  return log;
}

/** What makes two lines the same: their level, message, reason and source. */
interface Words {
  key: string;
  rank: number;
  message: string;
}

/** Undefined for a line that is itself a count (`more`). */
function wordsOf(args: readonly unknown[], rank: number): Words | undefined {
  const [first, second] = args;
  const fields = typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : {};
  if (fields['more'] !== undefined) return undefined;
  const message = typeof first === 'string' ? first : typeof second === 'string' ? second : '';
  const about = [fields['reason'], fields['source']].map((field) => (typeof field === 'string' ? field : ''));
  return { key: JSON.stringify([rank, message, ...about]), rank, message };
}

function tellMore(log: Logger, words: Words | undefined, more: number): void {
  const { rank, message } = words ?? { rank: warn, message: 'lines of other words' };
  const level = pino.levels.labels[rank] as pino.Level;
  log[level]({ more }, `… and ${more.toLocaleString('en-US')} more: ${message}`);
}
