import { shareText } from './import-progress.ts';

/** How far something is, on stderr where that is a terminal. */
export interface Progress {
  /** `total`: how many there are, where that is known; then the share and an estimate are shown too. */
  show: (what: string, count: number, total?: number) => void;
  /** The same where how much there is can only be told in another measure, such as bytes. */
  showPart: (what: string, count: number, part: { done: number; total: number }) => void;
  end: () => void;
}

/** See `Progress`. */
export function createProgress(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  const clear = '\r\u001B[K';
  let shown = '';
  let startedAt = now();
  const write = (what: string, count: number, rest: (elapsedMs: number) => string): void => {
    if (what !== shown) [shown, startedAt] = [what, now()];
    if (stream.isTTY)
      stream.write(`${clear}${what}: ${count.toLocaleString('en')}${rest(now() - startedAt)}`);
  };
  return {
    show(what, count, total) {
      write(what, count, (elapsedMs) =>
        total === undefined || total < count
          ? ''
          : ` of ${total.toLocaleString('en')} (${shareText(count, total, elapsedMs)})`,
      );
    },
    showPart(what, count, { done, total }) {
      write(what, count, (elapsedMs) =>
        total === 0 ? '' : ` (${shareText(Math.min(done, total), total, elapsedMs)})`,
      );
    },
    end() {
      if (stream.isTTY) stream.write(clear);
    },
  };
}
