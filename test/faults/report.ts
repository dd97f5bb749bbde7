import { cpus } from 'node:os';
import type { Round } from './round.ts';

/** RELIABILITY.md: the last figures of the fault suite. */
export function reliabilityText({
  seed,
  at,
  rounds,
}: {
  seed: number;
  at: Date;
  rounds: readonly Round[];
}): string {
  const lines = rounds.reduce((sum, round) => sum + round.lines, 0);
  const held = rounds.filter(({ broken }) => broken.length === 0).length;
  return `# Reliability

Written by \`npm run test:faults -- --record\` on ${at.toISOString().slice(0, 10)}: Node ${process.versions.node}, ${cpus().length} cores, seed ${seed}.

The real daemon is written to while something goes wrong. After each round every line that was written whole has exactly one
ending, each note is remembered once, no deed was done after its task had ended, no process and no file is left, and
memory and descriptors are within their bounds. Of ${rounds.length} rounds with ${lines} lines ${held} held.

| fault | rounds | lines | longest, s | most MiB after | most descriptors after | held |
| --- | --: | --: | --: | --: | --: | --: |
${[...byFault(rounds)].map(([fault, its]) => row(fault, its)).join('\n')}
`;
}

function byFault(rounds: readonly Round[]): Map<string, Round[]> {
  const groups = new Map<string, Round[]>();
  for (const round of rounds) groups.set(round.fault, [...(groups.get(round.fault) ?? []), round]);
  return new Map([...groups].sort(([one], [other]) => one.localeCompare(other)));
}

function row(fault: string, rounds: readonly Round[]): string {
  const most = (of: (round: Round) => number) => Math.max(...rounds.map(of));
  const broken = rounds.flatMap((round) => round.broken);
  return `| ${[
    fault,
    rounds.length,
    rounds.reduce((sum, round) => sum + round.lines, 0),
    (most(({ tookMs }) => tookMs) / 1000).toFixed(1),
    most(({ rssMib }) => rssMib),
    most(({ descriptors }) => descriptors),
    broken.length === 0 ? 'all' : broken.slice(0, 3).join('; '),
  ].join(' | ')} |`;
}
