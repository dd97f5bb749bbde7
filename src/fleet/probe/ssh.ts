import { type GroupedEnd, runGrouped } from '../../lib/process/run-grouped.ts';
import { readSshAddress, type SshAddress } from '../address.ts';
import { cleanWord } from '../report.ts';
import type { Probed } from './outcome.ts';
import { readScript } from './read-script.ts';
import { reportScript } from './script.ts';

/** A host that is asked by the system's ssh. */
export interface SshTarget {
  address: string;
  identity: string | null;
  /** Files of known keys, apart from the system's own; the first one takes keys that are accepted. */
  knownHosts: readonly string[];
  certificates: readonly string[];
}

export interface SshRun {
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** Stands in the output, so that what a shell's start-up files print is told from ours. */
  mark: string;
  signal?: AbortSignal;
  /** Default `ssh`. */
  program?: string;
}

/** More than any report: a host that prints without end is no host. */
const maxOutputBytes = 512 * 1024;

/** Runs the script of a report on a host; see `reportScript`. */
export async function probeBySsh(target: SshTarget, run: SshRun): Promise<Probed> {
  const end = await runSsh(target, ['sh', '-s', run.mark, ...target.certificates].join(' '), {
    ...run,
    input: reportScript,
  });
  const report = readScript(end.stdout, run.mark);
  // What came before the host fell silent still says something, as long as it ended by itself.
  if (report !== undefined && (end.ended === 'exit' || end.ended === 'timeout') && isWhole(end, run.mark))
    return { report };
  return { problem: whyNot(end, run.timeoutMs, target.address) };
}

/** A script that was cut off by the deadline counts where it had said its load at least. */
function isWhole({ stdout, code, ended }: GroupedEnd, mark: string): boolean {
  if (stdout.includes(`ninjad-report-end ${mark}`)) return true;
  return ended === 'timeout' && code === null && /^load [\d.]/m.test(stdout);
}

/** Runs a command on a host. The command is a constant of ours, a number and names that were checked. */
export function runSsh(
  target: Omit<SshTarget, 'certificates'>,
  command: string,
  {
    env,
    timeoutMs,
    signal,
    program = 'ssh',
    input,
    more = [],
  }: SshRun & { input: string; more?: readonly string[] },
): Promise<GroupedEnd> {
  const address = readSshAddress(target.address);
  if (address === undefined) throw new Error(`${target.address} is no address for ssh`);
  const args = [...more, ...sshOptions(target, address, timeoutMs), '--', address.host, command];
  return runGrouped({ command: program, args, env, input, timeoutMs, maxOutputBytes }, signal);
}

/**
 * Nothing asks, nothing is shared between connections, no key is taken by itself, and what the owner's configuration says of
 * jumps and aliases still holds.
 */
export function sshOptions(
  { identity, knownHosts }: Omit<SshTarget, 'certificates' | 'address'>,
  { user, port }: SshAddress,
  timeoutMs: number,
): string[] {
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
    'ControlMaster=no',
    'ControlPath=none',
    'ControlPersist=no',
    `ConnectTimeout=${Math.max(1, Math.floor(timeoutMs / 1000))}`,
    'ConnectionAttempts=1',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=2',
    'PasswordAuthentication=no',
    'KbdInteractiveAuthentication=no',
    'ClearAllForwardings=yes',
    'ForwardAgent=no',
    'ForwardX11=no',
    'PermitLocalCommand=no',
    'RequestTTY=no',
    'EscapeChar=none',
    'LogLevel=ERROR',
    ...(knownHosts.length === 0 ? [] : [`UserKnownHostsFile=${knownHosts.map(quoted).join(' ')}`]),
    ...(identity === null ? [] : ['IdentitiesOnly=yes', `IdentityFile=${quoted(identity)}`]),
  ];
  return [
    '-T',
    '-x',
    ...options.flatMap((option) => ['-o', option]),
    ...(port === null ? [] : ['-p', String(port)]),
    ...(user === null ? [] : ['-l', user]),
  ];
}

/** Files are lists apart by spaces, in which a percent sign begins a token (ssh_config(5)). */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

const reasons: readonly (readonly [RegExp, (address: string) => string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|host key .* has changed/i,
    (address) =>
      `its host key has changed: if that was you, remove the old one (ssh-keygen -R ${bare(address)}) and accept the new one with --accept-key; else somebody may stand between`,
  ],
  [
    /Host key verification failed|No \S+ host key is known/i,
    () => 'its host key is not known: look at it and accept it with ninjad fleet edit NAME --accept-key',
  ],
  [/Permission denied|Too many authentication failures/i, () => 'it refuses the key'],
  [/Identity file .* not accessible|no such identity/i, () => 'the identity file cannot be read'],
  [/UNPROTECTED PRIVATE KEY FILE|bad permissions/i, () => 'others may read the identity file: chmod 600 it'],
  [/Connection refused/i, () => 'the connection was refused'],
  [/Could not resolve hostname|Name or service not known/i, () => 'its name cannot be resolved'],
  [/No route to host|Network is unreachable/i, () => 'there is no route to it'],
  [/timed out|Timeout, server|not responding|during banner exchange/i, () => 'it did not answer in time'],
  [/Connection (?:closed|reset)|kex_exchange_identification/i, () => 'it closed the connection'],
];

/** Why there is no report, in words. */
export function whyNot(end: GroupedEnd, timeoutMs: number, address: string): string {
  if (end.ended === 'timeout') return `it did not answer within ${Math.round(timeoutMs / 100) / 10} s`;
  if (end.ended === 'flood') return 'it printed far more than a report';
  if (end.ended === 'aborted') return 'the poll was called off';
  if (end.ended === 'unstarted') return `ssh: ${end.problem ?? 'it could not be started'}`;
  const [, say] = reasons.find(([pattern]) => pattern.test(end.stderr)) ?? [];
  if (say !== undefined && end.code !== 0) return say(address);
  const said = cleanWord(end.stderr.trim().split('\n').at(-1) ?? '', 200);
  if (end.code === 255) return said === '' ? 'ssh could not connect' : said;
  return end.code === 0
    ? 'what it printed is no report'
    : `the report ended with status ${end.code ?? '?'}${said === '' ? '' : `: ${said}`}`;
}

function bare(address: string): string {
  const read = readSshAddress(address);
  return read?.port == null ? (read?.host ?? address) : `"[${read.host}]:${read.port}"`;
}
