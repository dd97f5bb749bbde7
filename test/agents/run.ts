import { startVitest } from 'vitest/node';
import { packagePath } from '../../src/lib/package-root.ts';
import { agentNames, fetchAgent, pinnedAgents } from './fetch-agents.ts';

// `npm run test:agents [-- FILE]`: the suite against the other real CLIs, which are too large to be dependencies.
const found = await Promise.all(
  agentNames.map(async (name) => {
    const program = await fetchAgent(name);
    if ('path' in program) process.env[`NINJAD_TEST_${name.toUpperCase()}`] = program.path;
    else console.log(`skipped: ${name} ${pinnedAgents[name].version} cannot be had: ${program.reason}`);
    return 'path' in program;
  }),
);
if (found.includes(true)) {
  const vitest = await startVitest('test', process.argv.slice(2), {
    root: packagePath(),
    config: packagePath('test', 'agents', 'vitest.config.ts'),
    watch: false,
  });
  await vitest.close();
}
