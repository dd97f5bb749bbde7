import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { connect } from '../connect.ts';
import { printJson, printLines } from '../print.ts';

const help = `
It opens a WebSocket on 127.0.0.1 that speaks as Stately's @statelyai/inspect does, behind a
secret that is made anew for each run, and ends with Ctrl-C. While nobody is connected the
daemon does nothing for it. Contexts are shown as on the dashboard: without secrets, without
what people wrote and agents answered, cut in size; of events only the type.

The second address opens Stately's inspector in your browser. That is a page of stately.ai in
a frame: once you open it, your browser loads it from there and hands it what is shown. Without
that, nothing leaves this machine. The dashboard's own Tree needs no such page.

Examples:
  $ ninjad inspect
  $ ninjad inspect --json | jq -r .socketUrl     for a program that reads along
`;

/** `ninjad inspect`: the actors for Stately's inspector. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description("watch the actors with Stately's inspector (loopback only)")
    .option('--port <port>', 'port to listen at; 0 takes any free one', portOption, 0)
    .option('--json', 'print the addresses as JSON')
    .addHelpText('after', help)
    .action(async ({ port, json }: { port: number; json?: true }) => {
      const client = connect();
      // A command for a daemon that does not run should say so at once.
      await client.ask('status.get', {});
      const { openInspectServer } = await import('./server.ts');
      const { close, ...addresses } = await openInspectServer({
        port,
        follow: (signal) => client.inspect(signal),
        tell: (line) => void process.stderr.write(`${line}\n`),
      });
      if (json === true) printJson(addresses);
      else
        printLines([
          `For a program:  ${addresses.socketUrl}`,
          `In a browser:   ${addresses.pageUrl}   (loads a page of stately.ai, see --help)`,
          'Ctrl-C ends it.',
        ]);
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      close();
    });
}

function portOption(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}
