import { UnavailableError } from '../lib/errors.ts';
import type { FireEnd } from './job.ts';

/** A fire that somebody asked for. */
export interface FireRequest {
  jobId: string;
  /** Says which fire it is. */
  accept: (id: number) => void;
  reject: (error: unknown) => void;
}

/** A fire by hand: its row, and its end. */
export interface FireByHand {
  id: number;
  ended: Promise<FireEnd>;
}

/** Fires by hand between those who ask and the scheduler that claims them. */
export interface FireRequests {
  /**
   * Has a job run now, paused or not. Resolves when its fire is claimed or skipped. Rejects with `NotFoundError` where there
   * is no such job, `StoreAwayError` while nothing can be claimed, `UnavailableError` where too many ask or the daemon stops.
   */
  fireNow(jobId: string): Promise<FireByHand>;
  onRequest(listener: () => void): () => void;
  take(): FireRequest[];
  /** Keeps one for the next time. */
  putBack(request: FireRequest): void;
  /** A fire has ended. */
  end(id: number, end: FireEnd): void;
  /** Rejects what has not been taken. */
  rejectAll(error: unknown): void;
}

const mostRequests = 200;

/** See `FireRequests`. */
export function createFireRequests(): FireRequests {
  let asked: FireRequest[] = [];
  const listeners = new Set<() => void>();
  const ends = new Map<number, (end: FireEnd) => void>();
  return {
    fireNow(jobId) {
      if (asked.length >= mostRequests)
        return Promise.reject(new UnavailableError(`${mostRequests} jobs are asked for already`));
      return new Promise<FireByHand>((resolve, reject) => {
        const accept = (id: number): void => {
          const ended = new Promise<FireEnd>((resolveEnd) => ends.set(id, resolveEnd));
          resolve({ id, ended });
        };
        asked.push({ jobId, accept, reject });
        for (const listener of listeners) listener();
      });
    },
    onRequest(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    take() {
      const taken = asked;
      asked = [];
      return taken;
    },
    putBack: (request) => void asked.push(request),
    end(id, end) {
      ends.get(id)?.(end);
      ends.delete(id);
    },
    rejectAll(error) {
      for (const { reject } of asked) reject(error);
      asked = [];
    },
  };
}
