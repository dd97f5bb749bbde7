import { createStream } from 'rotating-file-stream';
import { type Logger, multistream, pino, type StreamEntry } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

export interface LogOptions {
  /** Folder of the log files: at most six of 10 MiB. */
  dir: string;
  level: string;
  /** Where people read along; readable lines on a terminal, JSON elsewhere. Default the process's stderr. */
  console?: NodeJS.WriteStream & { fd: number };
}

/** The daemon's logger: JSON lines in rotating files, and the console. A log that cannot be written never hurts the daemon. */
export function createLogger({ dir, level, console: screen = process.stderr }: LogOptions): Logger {
  const file = createStream('ninjad.log', { path: dir, size: '10M', maxFiles: 5 });
  file.on('error', () => undefined);
  const shown = screen.isTTY
    ? pretty({ destination: screen.fd, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true })
    : screen;
  // pino filters by its own level, so that it can change at run time; the streams take all that passes.
  const streams: StreamEntry[] = [
    { level: 'trace', stream: file },
    { level: 'trace', stream: shown },
  ];
  return pino({ level, base: null }, multistream(streams));
}
