/** How far something is, on stderr where that is a terminal. */
export interface Progress {
  show: (what: string, count: number) => void;
  end: () => void;
}

/** See `Progress`. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const clear = '\r\u001B[K';
  return {
    show(what, count) {
      if (stream.isTTY) stream.write(`${clear}${what}: ${count}`);
    },
    end() {
      if (stream.isTTY) stream.write(clear);
    },
  };
}
