import { ConflictError, NotFoundError } from '../lib/errors.ts';
import { SECOND } from '../lib/time.ts';

/**
 * While a backup copies the home, nothing that it is still to read is deleted: segments of the journal, files of the spool, the
 * log of the database. A hold is a lease, so that a backup which was killed holds nothing up.
 */
export interface BackupHold {
  /** Takes the hold; `ConflictError` while another backup has it. */
  begin(token: string): void;
  /** Goes on holding; `NotFoundError` where the lease has run out meanwhile, and the copy is not to be trusted. */
  renew(token: string): void;
  /** Gives it free, and does what was put off. Resolves to false where it was held no more: the lease had run out. */
  end(token: string): Promise<boolean>;
  isHeld(): boolean;
  /** Does `work` now, or when nobody holds any more. */
  afterwards(work: () => Promise<void>): Promise<void>;
  /** Gives a lease free that has run out, and does what was put off. Resolves to whether it had to. */
  sweep(): Promise<boolean>;
}

const leaseMs = 90 * SECOND;
/** Work that is put off at most; where more comes the hold is lost, and the backup fails rather than the daemon. */
const maxPutOff = 100_000;

/** See `BackupHold`; `now` in milliseconds of a clock that never goes back. */
export function createBackupHold(
  now: () => number = () => performance.now(),
  mostPutOff = maxPutOff,
): BackupHold {
  let holder: { token: string; until: number } | undefined;
  let putOff: (() => Promise<void>)[] = [];

  const isHeld = (): boolean => holder !== undefined && now() < holder.until;
  const release = async (): Promise<void> => {
    holder = undefined;
    const works = putOff;
    putOff = [];
    for (const work of works) await work();
  };
  return {
    begin(token) {
      if (isHeld()) throw new ConflictError('another backup is being made: wait until it has ended');
      holder = { token, until: now() + leaseMs };
    },
    renew(token) {
      if (!isHeld() || holder?.token !== token)
        throw new NotFoundError('the backup was silent for too long, and its hold is gone: begin it again');
      holder = { token, until: now() + leaseMs };
    },
    async end(token) {
      if (holder?.token !== token) return false;
      const wasHeld = isHeld();
      await release();
      return wasHeld;
    },
    isHeld,
    async afterwards(work) {
      if (isHeld() && putOff.length < mostPutOff) {
        putOff.push(work);
        return;
      }
      // Whoever holds learns of it, and trusts the copy no more.
      if (isHeld()) await release();
      await work();
    },
    async sweep() {
      if (holder === undefined || isHeld()) return false;
      await release();
      return true;
    },
  };
}
