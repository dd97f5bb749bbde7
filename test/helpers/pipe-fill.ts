import koffi from 'koffi';

const FIONREAD = 0x541b;

/** Bytes that wait in a pipe (Linux). */
export function loadPipeFill(): (fd: number) => number {
  const ioctl = koffi.load(null).func('int ioctl(int fd, unsigned long request, _Out_ int *bytes)') as (
    fd: number,
    request: number,
    bytes: number[],
  ) => number;
  return (fd) => {
    const bytes = [0];
    if (ioctl(fd, FIONREAD, bytes) !== 0) throw new Error('FIONREAD failed');
    return bytes[0] as number;
  };
}
