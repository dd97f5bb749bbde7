import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConflictError, NinjadError } from '../../lib/errors.ts';
import {
  disableSteps,
  enableSteps,
  forgetSteps,
  lingerStep,
  startSteps,
  stopSteps,
  type Step,
} from './commands.ts';
import type { ServiceDefinition, ServiceScope } from './definition.ts';
import type { ServiceHost } from './host.ts';
import { plistText } from './plist.ts';
import { insteadText } from './instead.ts';
import { unitText } from './unit.ts';

/** What an installation does, before it does it. */
export interface InstallPlan {
  scope: ServiceScope;
  file: string;
  text: string;
  /** Command lines in their order. */
  commands: string[];
}

/** What an installation did. */
export interface Installed extends InstallPlan {
  started: boolean;
  /** True where it runs from boot on; null where that is not known for this kind of service. */
  lingers: boolean | null;
  /** Where a definition that was there and said something else is kept. */
  kept: string | null;
  says: string[];
}

export interface InstallOptions {
  definition: ServiceDefinition;
  host: ServiceHost;
  /** Asks the owner whether it may run without a login; undefined leaves it as it is. */
  wantsLinger: () => Promise<boolean>;
  /** Whoever runs on this home outside of the service, where somebody does. */
  other: { pid: number } | undefined;
  /** Ends that one in order; undefined where it is to stay. */
  takeOver: (() => Promise<void>) | undefined;
}

/** What `installService` would do here. Throws where another service would be in the way. */
export function planInstall(definition: ServiceDefinition, host: ServiceHost): InstallPlan {
  const { scope } = definition;
  requireOwnUser(definition, host);
  requireAlone(host, scope);
  const file = host.fileOf(scope);
  const steps = [...enableSteps(host, scope), ...startSteps(host, scope, file)];
  return { scope, file, text: textOf(definition, host), commands: steps.map(lineOf) };
}

/** Writes the definition, makes it known, and starts it, in this order. */
export async function installService(options: InstallOptions): Promise<Installed> {
  const { definition, host, other, takeOver } = options;
  const { scope } = definition;
  if (host.kind === 'none') throw new NinjadError('NO_SERVICE_MANAGER', insteadText(definition));
  const plan = planInstall(definition, host);
  requireRights(host, scope);
  const kept = writeDefinition(plan);
  const ran: Step[] = [];
  const run = (steps: readonly Step[]): void => {
    for (const step of steps) {
      ran.push(step);
      runStep(host, step);
    }
  };
  run(enableSteps(host, scope));
  const says: string[] = [];
  const lingers = await settleLinger(options, says, ran);
  if (other !== undefined && takeOver === undefined) {
    says.push(
      `ninjad runs already on this home (pid ${other.pid}), outside of the service, which was not started: end it and run ninjad service restart, or install it with --take-over`,
    );
    return { ...plan, commands: ran.map(lineOf), started: false, lingers, kept, says };
  }
  if (other !== undefined) {
    await takeOver?.();
    says.push(
      `the ninjad that ran on this home (pid ${other.pid}) was ended in order, and the service took its place`,
    );
  }
  run(startSteps(host, scope, plan.file));
  return { ...plan, commands: ran.map(lineOf), started: true, lingers, kept, says };
}

/** Ends the service and removes its definition; the home stays. Gives the file that was removed. */
export function uninstallService(host: ServiceHost, scope: ServiceScope): string {
  requireRights(host, scope);
  const file = host.fileOf(scope);
  // Where nobody runs services, the file is all there is.
  const isManaged = host.kind !== 'none';
  if (isManaged) for (const step of disableSteps(host, scope)) runStep(host, step);
  rmSync(file, { force: true });
  if (isManaged) for (const step of forgetSteps(host, scope)) runStep(host, step);
  return file;
}

/** Starts it anew. */
export function restartService(host: ServiceHost, scope: ServiceScope): void {
  requireRights(host, scope);
  for (const step of startSteps(host, scope, host.fileOf(scope))) runStep(host, step);
}

/** Ends it until it is started again. */
export function stopService(host: ServiceHost, scope: ServiceScope): void {
  requireRights(host, scope);
  for (const step of stopSteps(host, scope)) runStep(host, step);
}

/** The scope whose definition is there: the user's own first; undefined where there is none. */
export function installedScope(host: Pick<ServiceHost, 'fileOf'>): ServiceScope | undefined {
  return (['user', 'system'] as const).find((scope) => existsSync(host.fileOf(scope)));
}

function textOf(definition: ServiceDefinition, { kind }: ServiceHost): string {
  return kind === 'launchd' ? plistText(definition) : unitText(definition);
}

function requireOwnUser(definition: ServiceDefinition, { uid, user }: ServiceHost): void {
  if (definition.scope === 'user' && uid === 0 && user !== 'root')
    throw new NinjadError(
      'SERVICE_REFUSED',
      `a service of ${user} is installed by ${user}: run it without sudo, or with --system for the machine`,
    );
}

/** A unit of the user and one of the machine would take the home from each other for ever. */
function requireAlone(host: ServiceHost, scope: ServiceScope): void {
  const other = scope === 'user' ? 'system' : 'user';
  const file = host.fileOf(other);
  if (!existsSync(file)) return;
  const remove = other === 'system' ? 'sudo ninjad service uninstall --system' : 'ninjad service uninstall';
  throw new ConflictError(
    `there is a service of ninjad already, ${file}, and two would fight for one home: run ${remove} first`,
  );
}

function requireRights(host: ServiceHost, scope: ServiceScope): void {
  if (scope === 'system') {
    if (host.uid === 0) return;
    throw new NinjadError('SERVICE_REFUSED', `${host.fileOf(scope)} is the machine's: run it with sudo`);
  }
  const problem = host.kind === 'systemd' ? host.whyNoUserManager() : undefined;
  if (problem !== undefined) throw new NinjadError('NO_USER_MANAGER', problem);
}

/** Writes it whole; what somebody has written there before is kept beside. */
function writeDefinition({ file, text }: InstallPlan): string | null {
  mkdirSync(dirname(file), { recursive: true });
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const kept = before === undefined || before === text ? null : freeBeside(file);
  if (kept !== null && before !== undefined) writeFileSync(kept, before);
  const beside = `${file}.new`;
  writeFileSync(beside, text);
  // Whatever the mask says: doctor and systemctl cat read it as anybody.
  chmodSync(beside, 0o644);
  renameSync(beside, file);
  return kept;
}

/** A name for what was there before, which takes the place of nothing that was kept by an earlier installation. */
function freeBeside(file: string): string {
  const first = `${file}.before`;
  let name = first;
  for (let number = 2; existsSync(name); number += 1) name = `${first}-${number}`;
  return name;
}

async function settleLinger(
  { definition, host, wantsLinger }: InstallOptions,
  says: string[],
  ran: Step[],
): Promise<boolean | null> {
  if (definition.scope === 'system' || host.kind !== 'systemd') return null;
  if (host.lingers()) return true;
  const step = lingerStep(host);
  const without = `it ends when ${host.user} logs out, and does not start at boot: run ${lineOf(step)} for that`;
  if (!(await wantsLinger())) {
    says.push(without);
    return false;
  }
  ran.push(step);
  const { code, stderr } = host.run(step.command);
  if (code === 0) return true;
  says.push(`${without}, with sudo (${stderr.trim()})`);
  return false;
}

function runStep(host: ServiceHost, { command, mayFail = false }: Step): void {
  const { code, stderr } = host.run(command);
  if (code === 0 || mayFail) return;
  throw new NinjadError(
    'SERVICE_FAILED',
    `${command.join(' ')} ended with ${String(code)}: ${stderr.trim() || 'it said nothing'}`,
  );
}

function lineOf({ command }: Step): string {
  return command.join(' ');
}
