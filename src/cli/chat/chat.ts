import { Command, Option } from 'commander';
import { NotFoundError } from '../../lib/errors.ts';
import { connect } from '../connect.ts';
import { nameOption } from '../options.ts';
import { converse } from './converse.ts';
import { newConversation } from './new-conversation.ts';

interface ChatOptions {
  conversation?: string;
  continue?: true;
}

const help = `
Ctrl-C stops the reply that is being written, a second one ends the chat; so do Ctrl-D and /quit.
A line that ends with \\ goes on in the next one. Tab completes what begins with a slash.
Here: /new, /open NAME, /conversations, /quit; and all that /help lists.
Each line is a message of one conversation, which stands on the dashboard under Chat too.

Examples:
  $ ninjad chat
  $ ninjad chat --continue                 go on with the latest conversation
  $ ninjad chat --conversation garden
`;

/** `ninjad chat`: a conversation in the terminal. */
export function chatCommand(): Command {
  return new Command('chat')
    .description('talk to it in this terminal')
    .option('--conversation <name>', 'go on with the conversation of this name, or begin it', nameOption)
    .addOption(new Option('-c, --continue', 'go on with the latest conversation').conflicts('conversation'))
    .addHelpText('after', help)
    .action(async ({ conversation, continue: goesOn }: ChatOptions) => {
      // Says at once where no daemon runs.
      const latest = await connect().ask('chat.conversations', { limit: 1 });
      if (goesOn === true && latest[0] === undefined)
        throw new NotFoundError('there is no conversation yet: ninjad chat begins one');
      await converse(conversation ?? (goesOn === true ? (latest[0]?.name ?? '') : newConversation()));
    });
}
