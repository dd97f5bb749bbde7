import { NinjadError } from '../../lib/errors.ts';

const codes = {
  damaged: 'BACKUP_DAMAGED',
  incomplete: 'BACKUP_INCOMPLETE',
  otherVersion: 'BACKUP_OTHER_VERSION',
  failed: 'BACKUP_FAILED',
} as const;

/** Something is wrong with a backup; `kind` decides the exit status. */
export class BackupError extends NinjadError {
  readonly kind: 'damaged' | 'incomplete' | 'otherVersion' | 'failed';

  constructor(kind: BackupError['kind'], message: string, options?: ErrorOptions) {
    super(codes[kind], message, options);
    this.kind = kind;
  }
}

/** What is said of an archive that is not what was written. */
export function damaged(path: string, why: string): BackupError {
  return new BackupError('damaged', `the archive ${path} is damaged: ${why}`);
}
