import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The journal's own name; made anew when the folder has no segments, since positions then begin anew too. */
export function identify(dir: string, hasSegments: boolean): string {
  const path = join(dir, 'journal.json');
  if (hasSegments) {
    try {
      const { uuid } = JSON.parse(readFileSync(path, 'utf8')) as { uuid?: unknown };
      if (typeof uuid === 'string') return uuid;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' && !(cause instanceof SyntaxError)) throw cause;
    }
  }
  const uuid = randomUUID();
  const unfinished = `${path}.new`;
  writeFileSync(unfinished, `${JSON.stringify({ uuid })}\n`, { mode: 0o600 });
  const fd = openSync(unfinished, 'r');
  fsyncSync(fd);
  closeSync(fd);
  renameSync(unfinished, path);
  return uuid;
}
