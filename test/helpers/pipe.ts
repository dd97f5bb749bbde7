import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { closeAfterTest } from './closers.ts';

/** Writes lines as a shell would: open, write, close; fails while the pipe is full. */
export function writeLines(path: string, lines: readonly string[]): void {
  writeBytes(path, textOf(lines));
}

/** See `writeLines`; whole lines or parts of them. */
export function writeBytes(path: string, bytes: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    writeSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
}

/** A writer that stays until it is closed or the test is over. */
export function openWriter(path: string): { write: (bytes: string) => void; close: () => void } {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  closeAfterTest(close);
  return { write: (bytes) => void writeSync(fd, bytes), close };
}

/** Lines of metrics whose payloads count up from `from`. */
export function metricLines(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `LOW|a||metric|${from + index}`);
}

/** Lines as they go through the pipe. */
export function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
