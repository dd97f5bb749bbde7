import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { startVitest } from 'vitest/node';
import { packagePath } from '../../src/lib/package-root.ts';
import { factsVariable, readFacts } from './facts.ts';
import { agentNames, fetchAgent, pinnedAgents } from './fetch-agents.ts';
import { updateTable } from './table.ts';

// `npm run test:agents [-- [--write|--check] FILE]`: the suite against the other real CLIs, which are too large to be dependencies.
// The README's table is compared with what was seen after a whole run without a failure, or written by
// `--write`; `--check` fails where it differs, which the speed of a machine may cause: who retries longer meets the limit of silence.
const files = process.argv.slice(2).filter((word) => !['--write', '--check'].includes(word));
const isWriting = process.argv.includes('--write');
const isChecking = process.argv.includes('--check');
const programs = await Promise.all(
  agentNames.map(async (name) => {
    const program = await fetchAgent(name);
    if ('path' in program) process.env[`NINJAD_TEST_${name.toUpperCase()}`] = program.path;
    else console.log(`skipped: ${name} ${pinnedAgents[name].version} cannot be had: ${program.reason}`);
    return program;
  }),
);
if (programs.some((program) => 'path' in program)) {
  const folder = mkdtempSync(join(tmpdir(), 'njd-facts-'));
  const facts = join(folder, 'facts');
  process.env[factsVariable] = facts;
  const vitest = await startVitest('test', files, {
    root: packagePath(),
    config: packagePath('test', 'agents', 'vitest.config.ts'),
    watch: false,
  });
  await vitest.close();
  if (process.exitCode === undefined && (files.length === 0 || isWriting)) {
    const readme = packagePath('README.md');
    const differing = updateTable(readme, readFacts(facts), isWriting);
    if (isWriting) await execa('npx', ['prettier', '--write', readme], { cwd: packagePath() });
    if (differing.length > 0 && !isWriting) {
      console.log(`the README's table of agents is not what was seen (npm run test:agents -- --write):`);
      for (const cell of differing) console.log(`  ${cell}`);
      if (isChecking) process.exitCode = 1;
    }
  }
  rmSync(folder, { recursive: true, force: true });
}
