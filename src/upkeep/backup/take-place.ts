import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeWhole } from '../../lib/write-whole.ts';
import { exchange } from '../exchange.ts';
import { syncFolder } from './archive.ts';
import { findLeftovers } from './leftovers.ts';

/** In a home that is being restored: how far it is, and where the home of before is to be kept. */
export const restoringFile = 'restoring.json';

interface Restoring {
  state: 'preparing' | 'ready';
  kept: string;
}

export interface TakePlaceOptions {
  /** Where the home that was there is kept. */
  kept: string;
  /** Default: the system's own exchange of two names. */
  exchanges?: (one: string, other: string) => boolean;
  onStep: (step: string) => void;
}

/** Notes in a folder that it is no home yet. */
export function notePreparing(made: string, kept: string): void {
  note(made, { state: 'preparing', kept });
}

function note(folder: string, restoring: Restoring): void {
  writeWhole(join(folder, restoringFile), `${JSON.stringify(restoring)}\n`, { flush: true });
}

/**
 * A folder that is a whole home takes the place of another one, in one step where the system has one; what was there is kept. A
 * kill at any instant leaves both, and `finishRestore` does the rest.
 */
export async function takePlace(
  made: string,
  home: string,
  { kept, exchanges = exchange, onStep }: TakePlaceOptions,
): Promise<string | null> {
  note(made, { state: 'ready', kept });
  onStep('ready');
  const hadHome = existsSync(home);
  if (!hadHome) await rename(made, home);
  else if (exchanges(made, home)) {
    onStep('exchanged');
    await rename(made, kept);
  } else {
    await rename(home, kept);
    onStep('aside');
    await rename(made, home);
  }
  onStep('switched');
  await settle(home);
  return hadHome ? kept : null;
}

/**
 * Ends what a restore that was killed has begun: a home that was never whole goes, one that took its place keeps it, and the
 * home of before gets the name under which it is kept.
 */
export async function finishRestore(place: string): Promise<void> {
  const home = existsSync(place) ? realpathSync(place) : place;
  for (const { path, of, kind } of await findLeftovers(dirname(home))) {
    if (kind !== 'restoring' || of !== basename(home)) continue;
    const left = read(path);
    const placed = read(home);
    // Without the note it is the home that was there, and its name was taken by the one that has it.
    if (left === undefined) {
      if (placed !== undefined && !existsSync(placed.kept)) await rename(path, placed.kept);
    } else if (left.state === 'ready' && !existsSync(home) && existsSync(left.kept)) await rename(path, home);
    else await rm(path, { recursive: true, force: true });
  }
  if (existsSync(join(home, restoringFile))) await settle(home);
}

function read(folder: string): Restoring | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, restoringFile), 'utf8')) as Restoring;
  } catch {
    return undefined;
  }
}

async function settle(home: string): Promise<void> {
  const kept = read(home)?.kept;
  if (kept !== undefined && existsSync(kept)) await takeAlong(kept, home);
  await rm(join(home, restoringFile), { force: true });
  await syncFolder(dirname(home));
}

/** What belongs to the place and not to the time: backups, models, and the token where the archive has none. */
async function takeAlong(kept: string, home: string): Promise<void> {
  for (const name of ['backups', 'models', 'token']) {
    if (existsSync(join(kept, name)) && !existsSync(join(home, name)))
      await rename(join(kept, name), join(home, name));
  }
}
