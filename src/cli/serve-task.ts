import { createLeanAsk } from '../faces/control/lean-ask.ts';
import { homeFrom, homePaths } from '../lib/config/paths.ts';
import { UsageError } from '../lib/errors.ts';
import { tokenVariable } from '../tasks/mcp/run-config.ts';
import { serveMcp } from '../tasks/mcp/serve.ts';
import { exitCodeOf, reportFailure } from './failure.ts';

/** Serves the tools of the task whose token is in the environment, and sets the exit status of this process. */
export async function serveTask(): Promise<void> {
  try {
    const { controlSocket } = homePaths(homeFrom(process.env));
    await serveMcp(createLeanAsk(controlSocket), tokenIn(process.env));
  } catch (thrown) {
    process.exitCode = exitCodeOf(thrown);
    reportFailure(thrown);
  }
}

function tokenIn(env: NodeJS.ProcessEnv): string {
  const token = env[tokenVariable] ?? '';
  if (token !== '') return token;
  throw new UsageError(`expected a token in ${tokenVariable}: the daemon starts this command for its tasks`);
}
