import { Command } from 'commander';
import { UsageError } from '../lib/errors.ts';
import { tokenVariable } from '../lib/mcp/run-config.ts';
import { connect } from './connect.ts';

const help = `
The daemon names this command to the agent of every task, with a token that is good for that
task and for one start. Its tools are remember, recall, queue_task, make_wish and notify_owner;
what it queues goes into the pipe as source self.

Examples:
  $ ${tokenVariable}=… ninjad mcp      as the daemon has the agent start it
`;

/** `ninjad mcp`: the MCP server of one running task, on stdin and stdout. */
export function mcpCommand(): Command {
  return new Command('mcp')
    .description('serve the tools of a running task over MCP (for agents)')
    .addHelpText('after', help)
    .action(async () => {
      const token = process.env[tokenVariable] ?? '';
      if (token === '') {
        throw new UsageError(
          `expected a token in ${tokenVariable}: the daemon starts this command for its tasks`,
        );
      }
      const { serveMcp } = await import('../lib/mcp/serve.ts');
      await serveMcp(connect(), token);
    });
}
