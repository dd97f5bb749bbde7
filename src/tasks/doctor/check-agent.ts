import type { ValuesOf } from '../../lib/config/schema.ts';
import { type CheckResult, fail, ok, warn } from '../../lib/doctor/check-result.ts';
import { settingOf, type Subject } from '../../lib/doctor/subject.ts';
import { isSessionMarker } from '../agents/claude/login-variables.ts';
import { agentNamed } from '../../lib/wire/agent-names.ts';
import { cliKind } from '../agents/kinds.ts';
import { createAgentDirectory } from '../agents/directory.ts';
import { ownValue } from '../../lib/own-value.ts';
import type { taskSettings } from '../settings.ts';
import type { TaskWitness } from './task-witness.ts';

interface AgentStatus {
  kind: string;
  path: string | null;
  version: string | null;
  reason?: string | null;
}

type AgentSubject = Subject<{ agent: AgentStatus }, ValuesOf<typeof taskSettings>>;

/** How to have the agent that is to answer. */
function installOf(subject: AgentSubject): string {
  const name = agentNamed(settingOf(subject, 'agent.default', null)) ?? 'claude';
  if (name === 'command') return 'name a program in agent.command';
  const { title, program } = cliKind(name);
  const path = name === 'claude' ? 'NINJAD_AGENT' : 'agent.paths';
  return `install ${title} (${program.install}), or name a path with ${path}`;
}

/** Who answers tasks: what the daemon has found, else what it would find from here. */
export async function checkAgent(subject: AgentSubject): Promise<CheckResult> {
  const { kind, path, version, reason } = await agentOf(subject);
  const found = [kind, version, path, reason]
    .filter((word) => word !== null && word !== undefined && word !== '')
    .join(', ');
  if (agentNamed(kind) !== undefined) return ok(found);
  if (kind === 'misconfigured')
    return fail(
      found,
      'a program that can be run',
      'mend agent.path (NINJAD_AGENT), agent.paths or agent.command',
    );
  return warn(found, 'an agent CLI; the offline one only quotes memories', installOf(subject));
}

/** Whether the CLI is logged in, as far as that shows without asking, which would cost. */
export async function checkLogin(
  subject: Subject<unknown, ValuesOf<typeof taskSettings>> & { client: TaskWitness },
): Promise<CheckResult> {
  const { env, userHome, daemon, client } = subject;
  const name = agentNamed(settingOf(subject, 'agent.default', null)) ?? 'claude';
  const login = name === 'command' ? undefined : cliKind(name).login({ env, home: userHome });
  if (daemon.state === 'running') {
    const { items } = await client.ask('tasks.list', { limit: 20 });
    const latest = items.find(({ outcome }) => outcome !== null);
    if (latest?.outcome === 'not-logged-in')
      return fail(
        `task ${latest.id} found the CLI not logged in`,
        'a CLI that is logged in',
        login?.remedy ?? 'log its program in',
      );
    if (latest?.outcome === 'succeeded') return ok(`task ${latest.id} was answered`);
  }
  if (login === undefined) return ok('the program of agent.command logs in by itself');
  if (login.state !== 'no') return ok(login.found);
  return warn(login.found, 'a CLI that is logged in', login.remedy);
}

/** What in the environment would make the CLI behave unlike the owner expects. */
export function checkTraps({ env }: Pick<Subject, 'env'>): CheckResult {
  const inside = Object.keys(env).filter(isSessionMarker);
  if (inside.length > 0)
    return warn(
      `${inside.join(', ')} set: this shell runs inside Claude Code`,
      'a shell of your own',
      'tasks do not get them; a daemon that is started here ends with that session, so start it elsewhere',
    );
  if ((env['ANTHROPIC_API_KEY'] ?? '') !== '')
    return warn(
      'ANTHROPIC_API_KEY is set: tasks are billed to that key, not to a subscription',
      'what you mean to pay with',
      'unset it where the daemon starts, or set spend.dailyUsd',
    );
  if ((env['ANTHROPIC_BASE_URL'] ?? '') !== '')
    return warn(
      `ANTHROPIC_BASE_URL is set: tasks go to ${env['ANTHROPIC_BASE_URL'] ?? ''}`,
      'what you mean to talk to',
      'unset it if you do not',
    );
  return ok('none in this shell’s environment');
}

async function agentOf(subject: AgentSubject): Promise<AgentStatus> {
  const { daemon, env, userHome } = subject;
  if (daemon.state === 'running' && daemon.status.agent.kind !== 'unknown') return daemon.status.agent;
  const nobody = { command: '', args: [] };
  const found = await createAgentDirectory({
    home: userHome,
    env,
    preferred: () => settingOf(subject, 'agent.default', null) ?? undefined,
    pathOf: (name) =>
      (name === 'claude' ? settingOf(subject, 'agent.path', null) : null) ??
      ownValue(settingOf(subject, 'agent.paths', {}) as Partial<Record<string, string>>, name),
    command: () => settingOf(subject, 'agent.command', null) ?? undefined,
    commandEntry: nobody,
    offlineEntry: nobody,
  }).resolve();
  return {
    kind: found.kind,
    path: 'path' in found ? found.path : null,
    version: 'version' in found ? found.version : null,
    reason: 'reason' in found ? found.reason : null,
  };
}
