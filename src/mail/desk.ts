import { ConflictError } from '../lib/errors.ts';
import { type Account, keyOf } from './account.ts';

/** The states of a watcher, as people read them. */
export type MailState =
  'disabled' | 'connecting' | 'watching' | 'away' | 'throttled' | 'unauthorised' | 'parked' | 'stopped';

/** How a folder is watched just now. */
export interface FolderFacts {
  name: string;
  folder: string;
  source: string;
  state: MailState;
  /** Why it is in this state, or what is wrong though it works. */
  reason: string | null;
}

/** What was asked for by `ninjad mail catch-up`. */
export interface CatchUpRequest {
  since: Date;
  resolve: (result: CaughtUp) => void;
  reject: (error: Error) => void;
}

/** How catching up went in one folder. */
export interface CaughtUp {
  name: string;
  folder: string;
  /** Mails that were in the time asked for. */
  found: number;
  /** Of those, what became an event now, what was known, and what stands in the one digest line. */
  taken: number;
  known: number;
  digested: number;
}

/** The part of the watchers that outlives them: operations and checks look here. */
export interface MailDesk {
  folders(): readonly FolderFacts[];
  note(name: string, folder: string, facts: Partial<Pick<FolderFacts, 'state' | 'reason'>>): void;
  /** Has a folder that is watched take in what came since; rejects with a `ConflictError` where it is not watched. */
  catchUp(name: string, folder: string, since: Date): Promise<CaughtUp>;
  /** Takes the requests that wait for a folder. */
  takeRequests(name: string, folder: string): CatchUpRequest[];
  /** Calls the listener when a request waits for the folder. */
  onRequest(name: string, folder: string, listener: () => void): () => void;
}

/** The folders of accounts, as the desk knows them. */
export function foldersOf(accounts: readonly Account[]): Omit<FolderFacts, 'state' | 'reason'>[] {
  return accounts.flatMap(({ name, source, folders }) => folders.map((folder) => ({ name, source, folder })));
}

/** See `MailDesk`. `onChange` is called at each change of a state or reason. */
export function createMailDesk(
  watched: readonly Omit<FolderFacts, 'state' | 'reason'>[],
  onChange: () => void,
): MailDesk {
  const folders = new Map<string, FolderFacts>(
    watched.map((one) => [keyOf(one.name, one.folder), { ...one, state: 'connecting', reason: null }]),
  );
  const requests = new Map<string, CatchUpRequest[]>();
  const listeners = new Map<string, Set<() => void>>();
  const take = (key: string): CatchUpRequest[] => {
    const waiting = requests.get(key) ?? [];
    requests.delete(key);
    return waiting;
  };
  return {
    folders: () => [...folders.values()],
    note(name, folder, changed) {
      const key = keyOf(name, folder);
      const before = folders.get(key);
      if (before === undefined) return;
      const facts = { ...before, ...changed };
      folders.set(key, facts);
      if (facts.state === before.state && facts.reason === before.reason) return;
      if (facts.state !== 'watching' && facts.state !== 'connecting')
        for (const { reject } of take(key)) reject(new ConflictError(sentenceOf(facts)));
      onChange();
    },
    catchUp(name, folder, since) {
      const key = keyOf(name, folder);
      const facts = folders.get(key);
      if (facts?.state !== 'watching')
        return Promise.reject(
          new ConflictError(facts === undefined ? `${key} is not watched` : sentenceOf(facts)),
        );
      return new Promise((resolve, reject) => {
        requests.set(key, [...(requests.get(key) ?? []), { since, resolve, reject }]);
        for (const listener of listeners.get(key) ?? []) listener();
      });
    },
    takeRequests: (name, folder) => take(keyOf(name, folder)),
    onRequest(name, folder, listener) {
      const key = keyOf(name, folder);
      const all = listeners.get(key) ?? new Set();
      listeners.set(key, all.add(listener));
      return () => all.delete(listener);
    },
  };
}

function sentenceOf({ name, folder, state, reason }: FolderFacts): string {
  return `${folder} of ${name} is ${state}${reason === null ? '' : `: ${reason}`}`;
}
