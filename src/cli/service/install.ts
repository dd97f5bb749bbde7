import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { homeFrom, homePaths } from '../../lib/config/paths.ts';
import { NinjadError } from '../../lib/errors.ts';
import { ownValue } from '../../lib/own-value.ts';
import { packagePath } from '../../lib/package-root.ts';
import { createSettings, settingsSchema } from '../../settings.ts';
import { defineService } from '../../upkeep/service/define.ts';
import { stopMsOf } from '../../upkeep/service/definition.ts';
import { thisHost, type ServiceHost } from '../../upkeep/service/host.ts';
import { insteadText } from '../../upkeep/service/instead.ts';
import {
  type Installed,
  type InstallPlan,
  installService,
  planInstall,
} from '../../upkeep/service/install.ts';
import { serviceState } from '../../upkeep/service/state.ts';
import { connect } from '../connect.ts';
import { printJson, printLines } from '../print.ts';

interface InstallCliOptions {
  system?: true;
  print?: true;
  linger?: boolean;
  takeOver?: true;
  json?: true;
}

const help = `
--print writes nothing and runs nothing. Where a ninjad runs already on this home, the service is installed and not started,
and it is said; with --take-over that one is ended in order first.
A user's own service ends with their last login unless they linger; it is asked, or said with --linger or --no-linger.
`;

/** `ninjad service install`. */
export function installCommand(): Command {
  return new Command('install')
    .description('write the unit, enable it and start it')
    .option('--system', "the machine's service, not yours; needs root")
    .option('--print', 'print what would be written and run')
    .option('--linger', 'let it run without a login, without asking')
    .option('--no-linger', 'do not, without asking')
    .option('--take-over', 'end the ninjad that runs on this home now')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async (options: InstallCliOptions) => {
      const host = thisHost();
      const { definition, node, says } = define(host, options.system === true ? 'system' : 'user');
      if (options.print === true) {
        const plan = planInstall(definition, host);
        const all = host.kind === 'none' ? [...says, insteadText(definition)] : says;
        if (options.json === true) printJson({ ...plan, node, says: all });
        else printLines(planLines(plan, all));
        return;
      }
      const other = await outsider(host, definition);
      const installed = await installService({
        definition,
        host,
        other,
        wantsLinger: () => wantsLinger(options, host.user),
        takeOver:
          options.takeOver === true && other !== undefined
            ? () => end(other.pid, definition.stopMs)
            : undefined,
      });
      const all = { ...installed, says: [...says, ...installed.says] };
      if (options.json === true) printJson({ ...all, node });
      else printLines(installedLines(all));
    });
}

function define(host: ServiceHost, scope: 'user' | 'system') {
  const home = homeFrom({ ...process.env, HOME: host.userHome });
  const settings = createSettings({ configFile: homePaths(home).configFile, env: process.env });
  return defineService({
    scope,
    host,
    home,
    script: packagePath('dist', 'src', 'main.js'),
    stopMs: stopMsOf((key) => settings.get(key)),
    variables: variablesHere(),
  });
}

/** What people set in a shell for ninjad and for the agent. */
function variablesHere(): string[] {
  const ours = settingsSchema.keys.flatMap((key) => settingsSchema.meta(key).env ?? []);
  const agents = [
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_BASE_URL',
    'CLAUDE_CONFIG_DIR',
    'HTTPS_PROXY',
    'https_proxy',
  ];
  return [...ours, ...agents].filter((name) => (ownValue(process.env, name) ?? '') !== '');
}

/** The daemon on that home, unless the service itself runs it. */
async function outsider(
  host: ServiceHost,
  { home, scope }: { home: string; scope: 'user' | 'system' },
): Promise<{ pid: number } | undefined> {
  try {
    const { pid } = await connect(homePaths(home)).ask('status.get', {});
    return serviceState(host, scope).pid === pid ? undefined : { pid };
  } catch (thrown) {
    if (thrown instanceof NinjadError && thrown.code === 'NOT_RUNNING') return undefined;
    throw thrown;
  }
}

async function wantsLinger({ linger }: InstallCliOptions, user: string): Promise<boolean> {
  if (linger !== undefined) return linger;
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(
      `Without lingering it ends when ${user} logs out, and does not start at boot.\nMay it run without a login (loginctl enable-linger ${user})? [Y/n] `,
    );
    return !/^n/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}

const lookMs = 100;

/** Ends it as the manager would, and waits until it is gone. */
async function end(pid: number, stopMs: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  const until = performance.now() + stopMs;
  while (isThere(pid)) {
    if (performance.now() > until)
      throw new NinjadError(
        'SERVICE_FAILED',
        `the ninjad that runs on this home (pid ${pid}) did not end within ${stopMs / 1000} s: end it and run ninjad service restart`,
      );
    await delay(lookMs);
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function planLines({ file, text, commands }: InstallPlan, says: readonly string[]): string[] {
  return [
    `# ${file}`,
    ...text.trimEnd().split('\n'),
    '',
    ...commands.map((line) => `# then: ${line}`),
    ...says.flatMap((text) => text.split('\n').map((line) => `# ${line}`)),
  ];
}

function installedLines({ file, started, lingers, kept, says }: Installed): string[] {
  return [
    `installed ${file}${started ? ' and started it' : ''}`,
    ...(kept === null ? [] : [`what was there before is kept as ${kept}`]),
    ...(lingers === true ? ['it runs from boot on, without a login'] : []),
    ...says,
  ];
}
