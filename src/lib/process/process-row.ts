/** One process in one look at the machine. */
export interface ProcessRow {
  pid: number;
  ppid: number;
  pgid: number;
  /** 0 where the system does not tell (macOS). */
  sid: number;
  /** One letter, as ps prints it: `R`, `S`, `D`, `T`, `Z`, … */
  state: string;
  /** Linux: clock ticks since boot. macOS: epoch seconds. */
  startTime: number;
  threads: number;
}

/** One look at every process of the machine, by pid. Its rows are not all of the same instant. */
export type ProcessTable = ReadonlyMap<number, ProcessRow>;

/**
 * Reads one line of /proc/<pid>/stat, or undefined if it is none. The command may hold spaces and parentheses,
 * so the fields are counted after the last `)`.
 */
export function parseStat(stat: string): ProcessRow | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  const state = fields[0];
  const row = {
    pid: Number.parseInt(stat, 10),
    ppid: field(4),
    pgid: field(5),
    sid: field(6),
    threads: field(20),
    startTime: field(22),
  };
  if (state === undefined || !Object.values(row).every(Number.isFinite)) return undefined;
  return { ...row, state };
}

/**
 * True for a zombie, which only waits for its parent to reap it. One whose main thread alone has exited
 * shows the same letter and is alive: it still has more than one thread.
 */
export function isDead(row: ProcessRow): boolean {
  return (row.state === 'Z' || row.state === 'X') && row.threads <= 1;
}
