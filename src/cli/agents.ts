import { Argument, Command } from 'commander';
import { NinjadError, NotFoundError } from '../lib/errors.ts';
import { type AgentName, agentNames } from '../lib/wire/agent-names.ts';
import type { Answers } from '../operations.ts';
import { connect, type DaemonClient } from './connect.ts';
import { isJson } from './memory-options.ts';
import { printJson, printLines, tableLines } from './print.ts';
import { createProgress } from './progress.ts';
import { oneLine } from './printable.ts';

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
      const found = await foundAgents(connect());
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
      const agent = (await foundAgents(connect())).find((known) => known.name === name);
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
      const tried = await tryOut(connect(), name);
      if (isJson(command)) printJson(tried);
      if (tried.state !== 'done')
        throw new NinjadError('NOT_ANSWERED', oneLine(`${name}: ${tried.state}: ${tried.reason ?? ''}`));
      if (!isJson(command))
        printLines([`${name} answered in ${seconds(tried.tookMs ?? 0)}: ${oneLine(tried.reply)}`]);
    });
  return agents;
}

type Tried = Answers['agents.tried'] & { agent: AgentName };

/** Asks the agent for one word and waits for it; Ctrl-C leaves the question where it is. */
async function tryOut({ ask }: DaemonClient, agent: AgentName): Promise<Tried> {
  const progress = createProgress();
  const startedAt = performance.now();
  try {
    const { key } = await ask('agents.try', { name: agent });
    for (;;) {
      const tried = await ask('agents.tried', { key, wait: true });
      if (tried.tookMs !== null) return { agent, ...tried };
      if (!['queued', 'running', 'task', 'recorded'].includes(tried.state)) return { agent, ...tried };
      progress.show(`seconds that ${agent} has had`, Math.round((performance.now() - startedAt) / 1_000));
    }
  } finally {
    progress.end();
  }
}

/** All agents, once none of them is looked for any more. */
async function foundAgents({ ask }: DaemonClient): Promise<Agent[]> {
  const progress = createProgress();
  try {
    for (;;) {
      const agents = await ask('agents.list', {});
      const open = agents.filter(({ isLooking }) => isLooking).map(({ name }) => name);
      if (open.length === 0) return agents;
      progress.show(`agents that are still looked for (${open.join(', ')})`, open.length);
    }
  } finally {
    progress.end();
  }
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

const shownFailures = 3;

function linesOf(agent: Agent): string[] {
  const { name, title, path, version, note, install, login, can, failures, restsUntil } = agent;
  const abilities = Object.entries(can).map(
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
    'can:',
    ...abilities,
    ...(restsUntil === null ? [] : [`not asked before ${restsUntil}, where agent.fallback can be`]),
    ...failures.slice(0, shownFailures).map(failureLine),
  ];
}

function failureLine({ at, kind, reason, taskId, overAt }: Agent['failures'][number]): string {
  const task = taskId === null ? '' : ` by task ${taskId}`;
  return `failed: ${at}${task}, ${kind}: ${oneLine(reason)}${overAt === null ? '' : ' (it has answered since)'}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
