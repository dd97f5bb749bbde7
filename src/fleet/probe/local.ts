import { runGrouped } from '../../lib/process/run-grouped.ts';
import type { Probed } from './outcome.ts';
import { readScript } from './read-script.ts';
import { reportScript } from './script.ts';

export interface LocalRun {
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
  mark: string;
  certificates: readonly string[];
  signal?: AbortSignal;
}

/** Runs the script of a report on this machine. */
export async function probeHere({ env, timeoutMs, mark, certificates, signal }: LocalRun): Promise<Probed> {
  const end = await runGrouped(
    {
      command: '/bin/sh',
      args: ['-s', mark, ...certificates],
      env,
      input: reportScript,
      timeoutMs,
      maxOutputBytes: 512 * 1024,
    },
    signal,
  );
  const report = readScript(end.stdout, mark);
  if (report !== undefined && end.ended !== 'flood' && end.ended !== 'aborted') return { report };
  return { problem: end.problem ?? `the report ended with status ${end.code ?? '?'}` };
}
