import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { SECOND } from './time.ts';

/** Where lines of a log go; it never throws. */
export interface LogFile {
  write(line: string): void;
  /** Lines that were lost since the last one that was taken. */
  lost(): number;
}

export interface LogFileOptions {
  /** Folder of `ninjad.log` and the files before it: at most six of 10 MiB. */
  dir: string;
  /** Pause after a file that took nothing, in milliseconds. Default 5 s. */
  restMs?: number;
  /** The line that is written first where lines were lost. */
  lostLine: (lost: number) => string;
}

/** Rotating files of a log. A stream that has failed once, on a full disk for one, takes no more: lines are lost until a new one is opened. */
export function createLogFile({ dir, restMs = 5 * SECOND, lostLine }: LogFileOptions): LogFile {
  let file: RotatingFileStream | undefined;
  let lost = 0;
  let openAt = -Infinity;

  const open = (): RotatingFileStream => {
    const opened = createStream('ninjad.log', { path: dir, size: '10M', maxFiles: 5, mode: 0o600 });
    opened.on('error', () => {
      if (file !== opened) return;
      file = undefined;
      openAt = performance.now() + restMs;
    });
    return opened;
  };

  return {
    lost: () => lost,
    write(line) {
      if (file === undefined && performance.now() < openAt) {
        lost += 1;
        return;
      }
      file ??= open();
      const before = lost;
      lost = 0;
      // The file may end within a line.
      const note = before === 0 ? '' : `\n${lostLine(before)}`;
      file.write(note + line, (error) => {
        if (error != null) lost += before + 1;
      });
    },
  };
}
