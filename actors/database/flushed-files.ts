import { fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Which files of the database are on the disk as they are. Each flush is a barrier of the disk, also of a file in which nothing
 * has changed, and a checkpoint asks for one of every file that was written since the one before it, while all statements wait.
 * Only the one process that writes the files can know; a file of which it knows nothing counts as changed.
 */
export interface FlushedFiles {
  /** A descriptor was opened, on the file at this path. */
  opened(descriptor: number, path: string): void;
  /** Something is written into its file, or its length changes. */
  changes(descriptor: number): void;
  /** Something changed that has no descriptor: nothing is known of any file. */
  forget(): void;
  /** Flushes by `flush`, unless nothing has changed since the last time. */
  flushOnce(descriptor: number, flush: () => void): void;
  /**
   * Flushes all that has changed, one file after the other, in threads of their own. Rejects where the disk fails: the system says
   * so once only, and Postgres would not hear of it.
   */
  flushChanged(): Promise<void>;
}

interface Known {
  path: string;
  changes: number;
  /** What `changes` was when the last flush began that ended well; undefined where none has. */
  flushed: number | undefined;
}

/** See `FlushedFiles`. */
export function createFlushedFiles(): FlushedFiles {
  const files = new Map<string, Known>();
  /** A descriptor that was closed stays until its number is another file's. */
  const byDescriptor = new Map<number, Known>();
  const forget = (): void => {
    for (const file of files.values()) file.flushed = undefined;
  };
  return {
    opened(descriptor, path) {
      const key = keyOf(descriptor);
      const file = files.get(key) ?? { path, changes: 0, flushed: undefined };
      file.path = path;
      files.set(key, file);
      byDescriptor.set(descriptor, file);
    },
    changes(descriptor) {
      const file = byDescriptor.get(descriptor);
      if (file === undefined) forget();
      else file.changes += 1;
    },
    forget,
    flushOnce(descriptor, flush) {
      const file = byDescriptor.get(descriptor);
      if (file !== undefined && file.flushed === file.changes) return;
      const changes = file?.changes;
      flush();
      if (file !== undefined) file.flushed = changes;
    },
    async flushChanged() {
      for (const [key, file] of files) {
        if (file.flushed === file.changes) continue;
        const { changes } = file;
        if (await flushAt(file.path, key)) file.flushed = changes;
        else files.delete(key);
      }
    },
  };
}

/** Resolves to false where another file is there by now, or none. */
async function flushAt(path: string, key: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
  }
  try {
    if (keyOf(handle.fd) !== key) return false;
    await handle.datasync();
    return true;
  } finally {
    await handle.close();
  }
}

/** The number of an inode is another file's one day, and that one was made at another time. */
function keyOf(descriptor: number): string {
  const { ino, birthtimeNs } = fstatSync(descriptor, { bigint: true });
  return `${ino}:${birthtimeNs}`;
}
