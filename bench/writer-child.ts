import { closeSync, openSync, writeSync } from 'node:fs';
import { clockMs } from './clock.ts';
import { lineBytes, linesOfBlock, makeLines } from './lines.ts';
import type { FromWriter, WriterInput } from './writers.ts';

/*
 * Entry of a writer process: makes its lines, says that it is ready, and on the word writes them into the pipe
 * in blocks. It ends by itself when its parent is gone.
 */

const { fifo, category, writer, lines } = JSON.parse(process.argv[2] ?? '') as WriterInput;
const bytes = makeLines(category, writer, lines);
const blockBytes = linesOfBlock * lineBytes;

process.once('message', () => {
  const fd = openSync(fifo, 'w');
  const startedAt = clockMs();
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const end = Math.min(at + blockBytes, bytes.length);
    for (let done = at; done < end;) done += writeSync(fd, bytes, done, end - done);
  }
  const endedAt = clockMs();
  closeSync(fd);
  tell({ type: 'written', startedAt, endedAt });
  process.disconnect();
});
tell({ type: 'ready' });

function tell(message: FromWriter): void {
  process.send?.(message);
}
