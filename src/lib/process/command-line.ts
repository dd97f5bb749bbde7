import { readProc } from './read-proc.ts';

const maxCommandChars = 200;

/** Command line of a process, for people: its arguments joined by spaces, at most 200 characters, `?` if unknown. */
export function commandLineOf(pid: number): string {
  const words = readProc(`/proc/${pid}/cmdline`)?.toString('utf8').split('\0').join(' ').trim();
  return (words ?? '').slice(0, maxCommandChars) || nameOf(pid);
}

function nameOf(pid: number): string {
  const name = readProc(`/proc/${pid}/comm`)?.toString('utf8').trim();
  return name === undefined ? '?' : `[${name}]`;
}
