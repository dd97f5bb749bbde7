import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { safeLogLine } from '../../src/lib/log-line.ts';
import { createLogger } from '../../src/lib/log.ts';
import { tempDir } from '../helpers/temp-dir.ts';

type Screen = NodeJS.WriteStream & { fd: number };

/** A logger whose console is no terminal, and the lines there. */
function logger() {
  const lines: Record<string, unknown>[] = [];
  const screen = new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  }) as unknown as Screen;
  return { log: createLogger({ dir: tempDir(), level: 'info', console: screen }), lines };
}

const hostile = 'a\u001B[2Jb\u009B1mc\u0007\u202Ed\u2028e\u0000';
const harmless = 'a\uFFFD[2Jb\uFFFD1mc\uFFFD\uFFFDd\uFFFDe\uFFFD';

describe('the log', () => {
  it('writes nothing that commands a terminal, whatever the text', () => {
    const { log, lines } = logger();
    log.warn({ sample: hostile, deep: { list: [hostile] } }, hostile);
    log.error({ err: new Error(hostile) }, 'failed');
    expect(lines[0]).toMatchObject({ sample: harmless, deep: { list: [harmless] }, msg: harmless });
    expect(JSON.stringify(lines)).not.toMatch(/\\u00[01]|[\u0080-\u009F\u202E\u2028]/);
    expect(lines[1]).toMatchObject({ err: { message: harmless } });
  });

  it('shows the same harmless text to people on a terminal', () => {
    const path = join(tempDir(), 'terminal');
    const fd = openSync(path, 'w');
    const log = createLogger({
      dir: tempDir(),
      level: 'info',
      console: { fd, isTTY: true } as unknown as Screen,
    });
    log.warn({ sample: hostile }, `text: ${hostile}`);
    closeSync(fd);
    const shown = readFileSync(path, 'utf8');
    expect(shown).toContain(`text: ${harmless}`);
    // The colours of the log itself are all that is left.
    expect(shown.replace(/\u001B\[\d*m/g, '')).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/);
  });

  it('keeps secrets out of fields, messages and errors', () => {
    const { log, lines } = logger();
    log.warn({ url: 'postgres://me:hunter2@db/x' }, 'token ghp_abcdefghijklmnopqrstuvwxyz0123456789');
    log.error({ err: new Error('password: "correct horse"') }, 'failed');
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|ghp_|correct horse/);
    expect(lines[0]).toMatchObject({ url: 'postgres://me:[redacted password]@db/x' });
  });

  it('keeps no text without end', () => {
    const { text } = JSON.parse(safeLogLine(JSON.stringify({ text: 'word '.repeat(100_000) }))) as {
      text: string;
    };
    expect(text.length).toBeLessThanOrEqual(8_001);
  });

  it('writes lines of the same words a few times a minute, and then their number', () => {
    vi.useFakeTimers();
    try {
      const { log, lines } = logger();
      for (let line = 0; line < 10_000; line += 1) log.warn({ line }, 'a text could not be read');
      log.warn('another line');
      expect(lines).toHaveLength(21);
      vi.advanceTimersByTime(60_000);
      expect(lines.at(-1)).toMatchObject({ more: 9_980, msg: '… and 9,980 more: a text could not be read' });
    } finally {
      vi.useRealTimers();
    }
  });
});
