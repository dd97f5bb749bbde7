import { dirname, join } from 'node:path';
import { NinjadError } from '../../lib/errors.ts';
import { programsOnPath, whyNotRunnable } from '../../tasks/agents/candidates.ts';
import { type ServiceDefinition, type ServiceScope } from './definition.ts';
import type { ServiceHost } from './host.ts';
import { managerOf, type NodeChoice, passingPlace, stableNode } from './node-path.ts';

/** A definition with what the owner should know about it. */
export interface Defined {
  definition: ServiceDefinition;
  node: NodeChoice;
  /** One sentence each. */
  says: string[];
}

export interface DefineOptions {
  scope: ServiceScope;
  host: ServiceHost;
  home: string;
  /** The script that is `ninjad`. */
  script: string;
  /** The node that runs us. */
  running?: string;
  stopMs: number;
  /** Variables that set something and are set in this shell. */
  variables: readonly string[];
  chooseNode?: typeof stableNode;
}

/** The service as it would be for this machine. Throws where ninjad lies in a place that is cleared some day. */
export function defineService(options: DefineOptions): Defined {
  const { scope, host, home, script, stopMs, variables, chooseNode = stableNode } = options;
  const passing = passingPlace(script);
  if (passing !== undefined) throw new NinjadError('SERVICE_REFUSED', passing);
  const node = chooseNode(options.running ?? process.execPath);
  const says = [
    ...(node.says === null ? [] : [node.says]),
    ...saysOfScript(script),
    ...saysOfVariables(variables),
    ...(host.user === 'root'
      ? ['it runs as root, and so do all agents: better install it as a user of its own']
      : []),
  ];
  const { user, userHome } = host;
  const path = foldersOf(host, node);
  return { definition: { scope, user, userHome, home, node: node.path, script, path, stopMs }, node, says };
}

/** Managers give an agent of the shell's PATH nothing: what is found now is to be found there. */
function foldersOf({ env, userHome }: ServiceHost, node: NodeChoice): string[] {
  const agent = programsOnPath('claude', env).find((path) => whyNotRunnable(path) === undefined);
  const folders = [
    join(userHome, '.local/bin'),
    ...(agent === undefined ? [] : [dirname(agent)]),
    dirname(node.path),
    ...(process.platform === 'darwin' ? ['/opt/homebrew/bin'] : []),
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
  ];
  return [...new Set(folders)].filter(
    (folder) => !folder.includes('/fnm_multishells/') && !folder.includes(':'),
  );
}

/** A script below a folder of one version goes with it. */
function saysOfScript(script: string): string[] {
  const [, root = ''] = /^(.*)\/lib\/node_modules\//.exec(script) ?? [];
  const manager = managerOf(`${root}/bin/node`);
  if (manager === undefined) return [];
  return [
    `ninjad itself lies in the folder of one version of ${manager.name} (${script}): after a change of node install it there anew and run ninjad service install again`,
  ];
}

function saysOfVariables(variables: readonly string[]): string[] {
  if (variables.length === 0) return [];
  return [
    `${variables.join(', ')} ${variables.length === 1 ? 'is' : 'are'} set in this shell and will not be there for the service: put settings into config.json, other variables into the unit (systemctl edit)`,
  ];
}
