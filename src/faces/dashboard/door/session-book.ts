import { readFileSync } from 'node:fs';
import { writeWhole } from '../../../lib/write-whole.ts';
import { z } from 'zod';
import { sessionMs, type SessionName } from './sessions.ts';

/** More browsers than anybody has; past it the oldest session ends. */
const maxSessions = 256;

const bookShape = z.record(z.string(), z.number());

/** The sessions that are open, by their ids: one that is not in the book lets nobody in, however well it is signed. */
export interface SessionBook {
  has(id: string): boolean;
  /** A book that cannot be written knows the session until the daemon ends. */
  add(session: SessionName): void;
  /** Throws where the book cannot be written; the session has ended then too, until the daemon ends. */
  remove(id: string): void;
  clear(): void;
}

/**
 * The book in this file (mode 0600), which holds no secret: ids and when they were issued. A file that is missing or is no
 * book is an empty one: all browsers have to come in anew.
 */
export function openSessionBook(path: string, now: () => number): SessionBook {
  const open = readBook(path);
  const dropStale = (): void => {
    for (const [id, issuedAt] of open) if (now() - issuedAt >= sessionMs) open.delete(id);
    for (const id of [...open.keys()].slice(0, Math.max(0, open.size - maxSessions))) open.delete(id);
  };
  return {
    has: (id) => open.has(id),
    add({ id, issuedAt }) {
      open.set(id, issuedAt);
      dropStale();
      try {
        writeBook(path, open);
      } catch {
        // A full disk keeps the owner out of nothing.
      }
    },
    remove(id) {
      if (open.delete(id)) writeBook(path, open);
    },
    clear() {
      open.clear();
      writeBook(path, open);
    },
  };
}

function readBook(path: string): Map<string, number> {
  try {
    return new Map(Object.entries(bookShape.parse(JSON.parse(readFileSync(path, 'utf8')))));
  } catch {
    return new Map();
  }
}

function writeBook(path: string, open: ReadonlyMap<string, number>): void {
  writeWhole(path, `${JSON.stringify(Object.fromEntries(open))}\n`);
}
