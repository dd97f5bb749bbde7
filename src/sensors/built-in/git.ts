import { z } from 'zod';
import { MINUTE, SECOND } from '../../lib/time.ts';
import { type Finding, type Level, type LookContext, sensorKind } from '../look.ts';
import { whyUnreachable } from '../mounts.ts';
import { paths } from './fields.ts';

const settings = z.strictObject({
  path: paths,
  fetch: z
    .boolean()
    .default(false)
    .describe('Whether the remote is asked for what is new; without it "behind" is as of the last fetch'),
  /** What is told. */
  watch: z
    .array(z.enum(['dirty', 'behind', 'ahead']))
    .min(1)
    .default(['dirty', 'behind']),
});

type Settings = z.output<typeof settings>;

/** Repositories that are behind their upstream, or hold what is not committed or not pushed. */
export const git = sensorKind({
  kind: 'git',
  says: 'git repositories that are behind, ahead or dirty',
  everyMs: 15 * MINUTE,
  timeoutMs: 120 * SECOND,
  settings,
  // Whoever works in a repository has it dirty for a while.
  patience: () => ({ worse: 1, better: 1 }),
  look: async (given: Settings, context) => ({
    findings: (await Promise.all(given.path.map((path) => lookAt(path, given, context)))).flat(),
  }),
});

async function lookAt(path: string, given: Settings, context: LookContext): Promise<Finding[]> {
  const unreachable = await whyUnreachable(path, context);
  if (unreachable !== undefined) return [{ subject: path, level: 'unknown', text: unreachable }];
  // Nothing that a repository brings along is run, and nothing is asked at a terminal.
  const quiet = ['-C', path, '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  const fetched = given.fetch
    ? await context.run('git', [
        ...quiet,
        'fetch',
        '--quiet',
        '--no-write-fetch-head',
        '--no-recurse-submodules',
      ])
    : undefined;
  const asked = await context.run('git', [...quiet, 'status', '--porcelain=v2', '--branch']);
  if (asked.problem !== null || asked.code !== 0) return [unknown(path, reasonOf(asked))];
  const status = parseStatus(asked.stdout);
  const findings = given.watch.map((what): Finding => {
    const subject = `${path} ${what}`;
    if (what === 'dirty')
      return figure(
        subject,
        status.changes,
        `${path} has ${count(status.changes, 'change')} that are not committed`,
      );
    if (status.upstream === undefined) return unknown(subject, 'the branch has no upstream');
    if (what === 'behind' && fetched !== undefined && (fetched.problem !== null || fetched.code !== 0))
      return unknown(subject, `the remote cannot be asked: ${reasonOf(fetched)}`);
    const commits = what === 'behind' ? status.behind : status.ahead;
    return figure(subject, commits, `${path} is ${count(commits, 'commit')} ${what} ${status.upstream}`);
  });
  return findings;
}

/** Reads `git status --porcelain=v2 --branch`. */
export function parseStatus(text: string): {
  upstream?: string;
  ahead: number;
  behind: number;
  changes: number;
} {
  const lines = text.split('\n').filter((line) => line !== '');
  const [, upstream] = /^# branch\.upstream (.+)$/m.exec(text) ?? [];
  const [, ahead = '0', behind = '0'] = /^# branch\.ab \+(\d+) -(\d+)$/m.exec(text) ?? [];
  const changes = lines.filter((line) => !line.startsWith('#')).length;
  return {
    ...(upstream !== undefined && { upstream }),
    ahead: Number(ahead),
    behind: Number(behind),
    changes,
  };
}

function figure(subject: string, value: number, text: string): Finding {
  const level: Level = value > 0 ? 'warning' : 'ok';
  return { subject, level, value, text };
}

function unknown(subject: string, text: string): Finding {
  return { subject, level: 'unknown', text };
}

function reasonOf({
  problem,
  stderr,
  code,
}: {
  problem: string | null;
  stderr: string;
  code: number | null;
}): string {
  if (problem !== null) return problem;
  const lines = stderr.trim().split('\n');
  return (
    lines.find((line) => line.startsWith('fatal:')) ?? (lines.at(-1) || `git exited with ${code ?? '?'}`)
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
