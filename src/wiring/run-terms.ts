import type { AgentSettings } from '../tasks/run/agent-settings.ts';
import type { RunRequest } from '../tasks/run/launch.ts';
import type { ClaimedTask } from '../tasks/rows/claim.ts';
import { mcpRule } from '../tasks/mcp/run-config.ts';
import { permissionFor, permissionSettings } from '../tasks/permissions/permission.ts';
import { attachmentPlaces, secretPlaces } from '../tasks/permissions/secret-places.ts';
import { workingDirectory } from '../tasks/permissions/working-directory.ts';
import { type LaunchTerms } from '../tasks/standby/shape.ts';
import { agentFiles } from '../tasks/standby/stamps.ts';
import { userHomeFrom } from '../lib/config/paths.ts';
import { ownValue } from '../lib/own-value.ts';
import { standingOf } from '../lib/wire/standing.ts';
import type { Services } from '../services.ts';

/** The folder in which a task works. */
export function folderOf({ paths }: Pick<Services, 'paths'>, task: ClaimedTask): string {
  return workingDirectory(paths.work, {
    conversation: task.worksIn ?? task.conversation,
    trust: standingOf(task).trust,
  });
}

/** What a run may do and spend; `mcpConfig` names the file with our server, where the agent can call it. */
export function settingsFor(
  services: Services,
  request: RunRequest,
  mcpConfig: (request: RunRequest) => string,
): AgentSettings {
  const { env, ledger, paths, settings } = services;
  const { task } = request;
  const { trust } = standingOf(task);
  const category = task.permissionCategory ?? task.terms?.category ?? task.category;
  const change = ownValue(settings.get('permissions.byCategory'), category);
  const allowed = permissionFor(settings.get(`permissions.${trust}`), trust, change);
  const closed = secretPlaces(trust, paths, userHomeFrom(env), env['CLAUDE_CONFIG_DIR']);
  const deny = [...allowed.deny, ...closed];
  const allow = [...allowed.allow, ...attachmentPlaces(trust, paths)];
  const permission = permissionSettings({ ...allowed, allow, deny });
  const maxBudgetUsd = smallest(ledger.promiseOf(task), task.terms?.budgetUsd);
  // The model of a goal is one of its agent's; who stands in has its own.
  const model =
    (request.agent.instead === undefined ? task.terms?.model : undefined) ??
    ownValue(settings.get('agent.models') as Partial<Record<string, string>>, request.agent.kind);
  const maxTurns = settings.get('task.maxTurns');
  return {
    ...permission,
    ...(model !== undefined && { model }),
    ...(maxBudgetUsd !== undefined && { maxBudgetUsd }),
    ...(maxTurns !== null && { maxTurns }),
    ...(request.agent.rules.callsTools && {
      allowedTools: [...(permission.allowedTools ?? []), mcpRule],
      mcpConfig: mcpConfig(request),
    }),
  };
}

/** Of the caps that there are, the one that is reached first. */
export function smallest(...caps: readonly (number | null | undefined)[]): number | undefined {
  const known = caps.filter((cap) => cap != null);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** What a run of the CLI would be started with. */
export function launchTerms(services: Services, request: RunRequest): LaunchTerms {
  const { env, mcpDoor, settings } = services;
  const environment = settings.get('agent.environment');
  // Stands for the file that names our server, which is each run's own: only where that leads counts.
  const anyMcpConfig = `mcp ${mcpDoor.urlFor(env) ?? ''}`;
  return {
    env,
    cwd: folderOf(services, request.task),
    settings: settingsFor(services, request, () => anyMcpConfig),
    environment,
    files: agentFiles(userHomeFrom(env), env['CLAUDE_CONFIG_DIR']),
  };
}
