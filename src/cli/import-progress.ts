import { durationText } from '../lib/duration-text.ts';

export interface ImportState {
  /** Lines that were read. */
  line: number;
  /** Lines that there are; undefined where that cannot be known, as of stdin. */
  total: number | undefined;
  imported: number;
  known: number;
  elapsedMs: number;
}

/** Before that an estimate says nothing. */
const minElapsedMs = 2_000;

/** How far an import is, and how long the rest will take at this speed. */
export function progressText({ line, total, imported, known, elapsedMs }: ImportState): string {
  const counts = `${imported.toLocaleString('en')} imported, ${known.toLocaleString('en')} known already`;
  if (total === undefined || total < line) return `line ${line.toLocaleString('en')}: ${counts}`;
  return `line ${line.toLocaleString('en')} of ${total.toLocaleString('en')} (${shareText(line, total, elapsedMs)}): ${counts}`;
}

/** The share that is done, and how long the rest will take at this speed. */
export function shareText(done: number, total: number, elapsedMs: number): string {
  const left = done > 0 && elapsedMs >= minElapsedMs ? (elapsedMs / done) * (total - done) : undefined;
  const estimate = left === undefined || done >= total ? '' : `, about ${durationText(left)} left`;
  return `${total === 0 ? 100 : Math.floor((done * 100) / total)} %${estimate}`;
}
