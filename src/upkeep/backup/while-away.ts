import { BackupError } from './failure.ts';

/** The database of a running daemon, as its status says. */
export interface DatabaseHealth {
  kind: 'embedded' | 'server';
  state: string;
  lastError?: string | null;
}

const comes: ReadonlySet<string> = new Set(['starting', 'connecting', 'migrating']);

/**
 * Throws a `BackupError` while the database of a running daemon cannot be copied: which state it is in, why, and what to do. One that
 * comes up by itself is waited for by whoever asks; a home whose daemon has ended can be backed up without it.
 */
export function requireReady({ kind, state, lastError }: DatabaseHealth): void {
  if (state === 'ready') return;
  const why = lastError == null || lastError === '' ? '' : ` (${lastError})`;
  const advice = comes.has(state)
    ? 'wait until ninjad status says that it is ready, and begin the backup then'
    : kind === 'embedded'
      ? 'mend that first, or end the daemon with ninjad stop: a home that rests is backed up without it'
      : 'mend that first; ninjad status says when it is ready';
  throw new BackupError('failed', `nothing can be backed up while the database is ${state}${why}: ${advice}`);
}
