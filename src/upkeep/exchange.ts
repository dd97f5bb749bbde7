import { loadKoffi } from '../lib/koffi.ts';

const atCurrentFolder = -100;
const renameExchange = 2;

/**
 * Lets two folders change places in one step, so that no instant has neither (renameat2(2) with RENAME_EXCHANGE). Gives false,
 * with nothing changed, where the system or the file system does not know it.
 */
export function exchange(one: string, other: string): boolean {
  const koffi = loadKoffi();
  if (koffi === undefined) return false;
  try {
    const renameat2 = koffi
      .load(null)
      .func(
        'int renameat2(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, unsigned int flags)',
      );
    return renameat2(atCurrentFolder, one, atCurrentFolder, other, renameExchange) === 0;
  } catch {
    return false;
  }
}
