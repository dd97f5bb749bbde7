import { randomUUID } from 'node:crypto';
import { Argument, Command } from 'commander';
import { NinjadError, NotFoundError } from '../lib/errors.ts';
import { type AgentName, agentNames } from '../lib/wire/agent-names.ts';
import type { Answers } from '../operations.ts';
import { connect, currentPaths } from './connect.ts';
import { isJson } from './memory-options.ts';
import { printJson, printLines, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { putWatched } from './put-watched.ts';

type Agent = Answers['agents.list'][number];

const help = `
Who answers tasks: agent.default, agent.fallback where that cannot, or whom a rule, a message (ask --agent) or its
conversation asks for.

Examples:
  $ ninjad agents
  $ ninjad agents show codex
  $ ninjad agents test codex
`;

const columns = ['agent', 'version', 'login', 'found'].map((title) => ({ title }));

/** `ninjad agents`: which there are, and what they can. */
export function agentsCommand(): Command {
  const agents = new Command('agents').description('list, show and test agents').addHelpText('after', help);
  agents
    .command('list', { isDefault: true })
    .description('all agents that ninjad knows how to drive, and where they were found')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExamples:\n  $ ninjad agents list\n  $ ninjad agents list --json\n')
    .action(async (_: unknown, command: Command) => {
      const found = await connect().ask('agents.list', {});
      if (isJson(command)) printJson(found);
      else printLines(tableLines(columns, found.map(rowOf)));
    });
  agents
    .command('show')
    .description('one agent: where it was found, its login, what it can, how it failed last')
    .addArgument(new Argument('<name>', 'its name').choices(agentNames))
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  $ ninjad agents show codex\n')
    .action(async (name: AgentName, _: unknown, command: Command) => {
      const agent = (await connect().ask('agents.list', {})).find((known) => known.name === name);
      if (agent === undefined)
        throw new NotFoundError(`there is no agent ${name}: agent.command names no program`);
      if (isJson(command)) printJson(agent);
      else printLines(linesOf(agent));
    });
  agents
    .command('test')
    .description('ask one agent for one word, and time it')
    .addArgument(new Argument('<name>', 'its name').choices(agentNames))
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', '\nExamples:\n  $ ninjad agents test codex\n')
    .action(async (name: AgentName, _: unknown, command: Command) => {
      const tried = await tryOut(name);
      if (isJson(command)) printJson(tried);
      if (tried.state !== 'done')
        throw new NinjadError('NOT_ANSWERED', oneLine(`${name}: ${tried.state}: ${tried.reason ?? ''}`));
      if (!isJson(command))
        printLines([`${name} answered in ${(tried.tookMs / 1_000).toFixed(1)} s: ${oneLine(tried.reply)}`]);
    });
  return agents;
}

interface Tried {
  agent: AgentName;
  state: string;
  reply: string;
  reason: string | null;
  tookMs: number;
}

async function tryOut(agent: AgentName): Promise<Tried> {
  const dedupKey = randomUUID();
  const text = 'Answer with the one word "ready" and do nothing else.';
  const event = {
    priority: 'HUMAN',
    source: 'cli',
    category: 'ask',
    payload: { text, dedupKey, agent },
  } as const;
  const startedAt = performance.now();
  for await (const message of putWatched(currentPaths(), event, dedupKey, {
    signal: new AbortController().signal,
  })) {
    if (message.type !== 'ended') continue;
    const { state, reply, reason } = message;
    return { agent, state, reply, reason, tookMs: Math.round(performance.now() - startedAt) };
  }
  throw new NinjadError('NOT_ANSWERED', 'the daemon went away before the answer');
}

function rowOf({ name, isDefault, isFallback, version, login, path, note, isFound }: Agent): string[] {
  const role = isDefault ? ' (default)' : isFallback ? ' (fallback)' : '';
  return [
    `${name}${role}`,
    version ?? '-',
    login?.state ?? '-',
    oneLine(isFound ? (path ?? '') : (note ?? '')),
  ];
}

function linesOf({ name, title, path, version, note, install, login, can, lastFailure }: Agent): string[] {
  const abilities = Object.entries(can ?? {}).map(
    ([what, value]) => `  ${what}: ${value === true ? 'yes' : value === false ? 'no' : value}`,
  );
  return [
    `${name}: ${title}`,
    ...(path === null ? [] : [`found: ${path} (${version ?? 'unknown'})`]),
    ...(note === null ? [] : [`note: ${oneLine(note)}`]),
    ...(install === null ? [] : [`install: ${install}`]),
    ...(login === null
      ? []
      : [
          `login: ${login.state}, ${login.found}`,
          ...(login.state === 'no' ? [`to log in: ${login.remedy}`] : []),
        ]),
    ...(abilities.length === 0 ? [] : ['can:', ...abilities]),
    ...(lastFailure === null ? [] : [`failed last: ${lastFailure.kind}, ${oneLine(lastFailure.reason)}`]),
  ];
}
