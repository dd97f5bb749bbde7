import { Command } from 'commander';
import { NinjadError } from '../../lib/errors.ts';
import type { ServiceScope } from '../../upkeep/service/definition.ts';
import { type ServiceHost, thisHost } from '../../upkeep/service/host.ts';
import { installedScope, restartService, uninstallService } from '../../upkeep/service/install.ts';
import { serviceState, type ServiceState } from '../../upkeep/service/state.ts';
import { exitCodes } from '../failure.ts';
import { printJson, printLines } from '../print.ts';

interface ScopeOptions {
  system?: true;
  json?: true;
}

/** `ninjad service uninstall`. */
export function uninstallCommand(): Command {
  return scoped(
    new Command('uninstall').description('end the service and remove its unit; the home stays'),
  ).action((options: ScopeOptions) => {
    const { host, scope } = found(options);
    const file = uninstallService(host, scope);
    if (options.json === true) printJson({ scope, file, removed: true });
    else printLines([`removed ${file}; the home stays as it is`]);
  });
}

/** `ninjad service restart`. */
export function restartCommand(): Command {
  return scoped(
    new Command('restart').description('start the service anew; running tasks may end first'),
  ).action((options: ScopeOptions) => {
    const { host, scope } = found(options);
    restartService(host, scope);
    show(serviceState(host, scope), options);
  });
}

/** `ninjad service status`. */
export function statusCommand(): Command {
  return scoped(new Command('status').description('show how the service is, as its manager says')).action(
    (options: ScopeOptions) => {
      const { host, scope } = found(options);
      const state = serviceState(host, scope);
      show(state, options);
      if (state.state !== 'active') process.exitCode = exitCodes.notRunning;
    },
  );
}

/** The service that the command line means. Throws where there is none. */
export function found({ system }: ScopeOptions): { host: ServiceHost; scope: ServiceScope } {
  const host = thisHost();
  const scope = system === true ? 'system' : installedScope(host);
  if (scope !== undefined && installedScope({ fileOf: () => host.fileOf(scope) }) !== undefined)
    return { host, scope };
  throw new NinjadError(
    'NOT_INSTALLED',
    `there is no service of ninjad (${host.fileOf(scope ?? 'user')}): ninjad service install makes one`,
  );
}

function scoped(command: Command): Command {
  return command.option('--system', "the machine's service, not yours").option('--json', 'print it as JSON');
}

function show(state: ServiceState, { json }: ScopeOptions): void {
  if (json === true) printJson(state);
  else printLines(stateLines(state));
}

function stateLines({
  file,
  state,
  detail,
  pid,
  restarts,
  result,
  says,
  since,
  enabled,
  lingers,
}: ServiceState): string[] {
  const facts = [
    ...(pid === null ? [] : [`pid ${pid}`]),
    ...(since === null ? [] : [`since ${since}`]),
    ...(restarts === null || restarts === 0 ? [] : [`restarted ${restarts} times`]),
    ...(result === null || result === 'success' ? [] : [`last result: ${result}`]),
  ];
  return [
    `${state}${detail === '' ? '' : ` (${detail})`}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`,
    ...(says === null ? [] : [says]),
    `${file}${enabled === false ? ', not enabled: it does not start by itself' : ''}`,
    ...(lingers === false ? ['no lingering: it ends at logout and does not start at boot'] : []),
  ];
}
