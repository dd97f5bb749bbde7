import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { writeWhole } from '../write-whole.ts';
import { join } from 'node:path';
import { requireFile } from './require-file.ts';

export interface IdentifyOptions {
  hasSegments: boolean;
  /** The position after the last byte: from there on a journal from before notes its gaps. */
  endPosition: number;
  /** Told in a sentence of a name that was lost. */
  onProblem: (problem: string) => void;
}

/**
 * The journal's own name; made anew when the folder has no segments, since positions then begin anew too. A file that
 * cannot be read as one is kept beside, since it may still tell the name.
 */
export function identify(dir: string, { hasSegments, endPosition, onProblem }: IdentifyOptions): string {
  const path = join(dir, 'journal.json');
  requireFile(path);
  const text = hasSegments ? readText(path) : undefined;
  if (text === undefined) return write(path, { uuid: randomUUID(), gapsNotedFrom: 0 });
  const known = parse(text);
  if (known?.gapsNotedFrom !== undefined) return known.uuid;
  if (known !== undefined) return write(path, { uuid: known.uuid, gapsNotedFrom: endPosition });
  const aside = `${path}.broken-${Date.now().toString(36)}`;
  renameSync(path, aside);
  onProblem(
    `${path} does not name the journal any more; it was kept as ${aside}, and the journal has a new name: what its segments still hold of recorded events is recorded again`,
  );
  return write(path, { uuid: randomUUID(), gapsNotedFrom: 0 });
}

interface Identity {
  uuid: string;
  gapsNotedFrom: number;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

function parse(text: string): { uuid: string; gapsNotedFrom?: number } | undefined {
  try {
    const { uuid, gapsNotedFrom } = JSON.parse(text) as Record<string, unknown>;
    if (typeof uuid !== 'string') return undefined;
    return typeof gapsNotedFrom === 'number' ? { uuid, gapsNotedFrom } : { uuid };
  } catch {
    return undefined;
  }
}

function write(path: string, identity: Identity): string {
  writeWhole(path, `${JSON.stringify(identity)}\n`, { flush: true });
  return identity.uuid;
}
