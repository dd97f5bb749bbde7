/** Why a folder is not watched, and how it goes on. */
export interface FolderRefusal {
  kind: 'away' | 'throttled' | 'unauthorised' | 'parked';
  reason: string;
}

/** How connecting ended. */
export type FolderOpening = { kind: 'open' } | { kind: 'disabled' } | FolderRefusal;

/** How a look ended; `through` has taken in all that is new. */
export type LookEnd = { kind: 'through' } | FolderRefusal;

/** The states as others read them. */
export type FolderState =
  'disabled' | 'connecting' | 'watching' | 'away' | 'throttled' | 'unauthorised' | 'parked' | 'stopped';

/** News of the connection. */
export type SessionFact =
  /** The server says that there is something new, or somebody asks for a look. */
  | { type: 'session.news' }
  /** It is over. */
  | { type: 'session.closed'; end: FolderRefusal };

/** What a watcher is started with. */
export interface FolderInput {
  account: string;
  folder: string;
  /** The times that the settings name now, in milliseconds: between two looks, and the wait that a backoff begins with. */
  times: () => { pollMs: number; retryMs: number };
}
