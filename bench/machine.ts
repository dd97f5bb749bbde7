import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** Where a run took place, for whoever compares it with another. */
export interface Machine {
  cores: number;
  cpu: string;
  memoryGib: number;
  node: string;
  kernel: string;
  /** One-minute load at the start: others' work takes from ours. */
  load: number;
}

/** This machine, now. */
export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cores: cores.length,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    kernel: `${type()} ${release()}`,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
