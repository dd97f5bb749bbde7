import { shareText } from './import-progress.ts';

/** How far something is, on stderr where that is a terminal. */
export interface Progress {
  /** `total`: how many there are, where that is known; then the share and an estimate are shown too. */
  show: (what: string, count: number, total?: number) => void;
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
  return {
    show(what, count, total) {
      if (what !== shown) [shown, startedAt] = [what, now()];
      if (!stream.isTTY) return;
      const of =
        total === undefined || total < count
          ? ''
          : ` of ${total.toLocaleString('en')} (${shareText(count, total, now() - startedAt)})`;
      stream.write(`${clear}${what}: ${count.toLocaleString('en')}${of}`);
    },
    end() {
      if (stream.isTTY) stream.write(clear);
    },
  };
}
