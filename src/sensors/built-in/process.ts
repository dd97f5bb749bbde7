import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MINUTE, SECOND } from '../../lib/time.ts';
import { sensorKind } from '../look.ts';

const settings = z.strictObject({
  match: z
    .string()
    .min(1)
    .max(256)
    .describe('The name of the program, or a part of its command line where it holds a space or a slash'),
  atLeast: z.int().min(0).max(100_000).default(1),
  atMost: z.int().min(0).max(100_000).default(100_000),
});

/** A process that has to be there, or must not be there too often. */
export const processes = sensorKind({
  kind: 'process',
  says: 'whether a process is there, by its name or command line',
  everyMs: MINUTE,
  timeoutMs: 20 * SECOND,
  settings,
  // A program that is restarted is absent for a moment.
  patience: () => ({ worse: 2, better: 1 }),
  async look({ match, atLeast, atMost }: z.output<typeof settings>, { proc }) {
    const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
    if (pids.length === 0)
      return { findings: [{ subject: '', level: 'unknown', text: 'this machine lists no processes' }] };
    let count = 0;
    for (const pid of pids) if (await matches(join(proc, pid), match)) count += 1;
    const isWell = count >= atLeast && count <= atMost;
    const wanted = isWell
      ? ''
      : count < atLeast
        ? `, at least ${atLeast} expected`
        : `, at most ${atMost} expected`;
    const many = count === 1 ? 'is one process' : `are ${count} processes`;
    return {
      findings: [
        {
          subject: '',
          level: isWell ? 'ok' : 'critical',
          value: count,
          text: `there ${many} ${match}${wanted}`,
        },
      ],
    };
  },
});

async function matches(dir: string, match: string): Promise<boolean> {
  // A zombie has no command line, and is no process that does anything.
  const words = (await readFile(join(dir, 'cmdline'), 'utf8').catch(() => '')).split('\0').slice(0, -1);
  const [program = ''] = words;
  if (program === '') return false;
  if (/[\s/]/.test(match)) return words.join(' ').includes(match);
  if (program.slice(program.lastIndexOf('/') + 1) === match) return true;
  return (await readFile(join(dir, 'comm'), 'utf8').catch(() => '')).trim() === match;
}
