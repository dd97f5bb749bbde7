import { type Koffi, loadKoffi } from '../koffi.ts';

/** Moves bytes from a pipe to a file inside the kernel. Returns the number moved, 0 where the pipe is empty. */
export type Splice = (pipeFd: number, fileFd: number, fileOffset: number, maxBytes: number) => number;

const SPLICE_F_MOVE = 1;
const SPLICE_F_NONBLOCK = 2;

/**
 * splice(2) by way of koffi, or undefined where there is none (not Linux, or koffi's optional binary is missing).
 *
 * In splice a byte leaves the pipe in the same system call that puts it into the file's page cache, and a fatal signal
 * acts only between system calls. So SIGKILL finds every byte either still in the pipe or already in the journal;
 * with read(2) and write(2) it can find one in neither.
 *
 * The returned function throws an `ErrnoException`-like error (`code` ENOSPC, EIO, …) and has then moved nothing.
 */
export function loadSplice(): Splice | undefined {
  const koffi = loadKoffi();
  if (koffi === undefined) return undefined;
  const splice = koffi
    .load(null)
    .func(
      'int64_t splice(int fd_in, void *off_in, int fd_out, _Inout_ int64_t *off_out, size_t len, unsigned int flags)',
    );
  const offset = [0];
  return (pipeFd, fileFd, fileOffset, maxBytes) => {
    for (;;) {
      offset[0] = fileOffset;
      const moved = Number(splice(pipeFd, null, fileFd, offset, maxBytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
      if (moved >= 0) return moved;
      const errno = koffi.errno();
      if (errno === koffi.os.errno['EAGAIN']) return 0;
      if (errno !== koffi.os.errno['EINTR']) throw errnoError(koffi, errno, 'splice');
    }
  };
}

function errnoError(koffi: Koffi, errno: number, syscall: string): NodeJS.ErrnoException {
  const code = Object.entries(koffi.os.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;
  return Object.assign(new Error(`${code}: ${syscall} into the journal failed`), { code, errno, syscall });
}
