import { Command } from 'commander';
import { tokenVariable } from '../tasks/mcp/run-config.ts';

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
      await (await import('./serve-task.ts')).serveTask();
    });
}
