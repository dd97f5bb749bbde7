import { loadKoffi } from '../koffi.ts';

const F_SETPIPE_SZ = 1031;

/** Asks for a larger pipe (Linux: up to 1 MiB unprivileged), so that writers block later; does nothing where it cannot. */
export function growPipe(pipeFd: number, bytes: number): void {
  const koffi = loadKoffi();
  koffi?.load(null).func('int fcntl(int fd, int cmd, ...)')(pipeFd, F_SETPIPE_SZ, 'int', bytes);
}
