import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { fixedPath } from '../../lib/process/fixed-path.ts';
import { clockedTaskId, taskMarker } from '../../lib/process/marker.ts';
import type { HostDefinition } from '../definition.ts';
import { probeByHttp } from './http.ts';
import { probeHere } from './local.ts';
import type { Outcome, Probed } from './outcome.ts';
import { probeBySsh, type SshRun, type SshTarget } from './ssh.ts';

/** Asks a host for its report, whole within `timeoutMs`. Never rejects. */
export type Probe = (host: HostDefinition, timeoutMs: number, signal?: AbortSignal) => Promise<Outcome>;

export interface ProbeDeps {
  env: Readonly<Record<string, string | undefined>>;
  /** The home of the daemon, which has keys that were accepted. */
  home: string;
  /** UUID of this daemon's journal: begins the mark of every process. */
  worker: string;
}

/** Programs that run by the clock count from 1; no mark may be that of one of theirs. */
const firstRun = 1_000_000_000;

/** See `Probe`. */
export function createProbe(deps: ProbeDeps): Probe {
  const environment = createEnvironment(deps);
  return async (host, timeoutMs, signal) => {
    const startedAt = performance.now();
    const probed = await ask(host, { deps, env: environment(), timeoutMs, ...(signal && { signal }) }).catch(
      (thrown: unknown): Probed => ({ problem: messageOf(thrown) }),
    );
    const tookMs = Math.round(performance.now() - startedAt);
    return 'report' in probed
      ? { kind: 'answered', report: probed.report, tookMs }
      : { kind: 'failed', reason: probed.problem, tookMs };
  };
}

interface Asking {
  deps: ProbeDeps;
  env: Record<string, string>;
  timeoutMs: number;
  signal?: AbortSignal;
}

function ask(host: HostDefinition, { deps, env, timeoutMs, signal }: Asking): Promise<Probed> {
  const { kind, address, options } = host;
  const run = { env, timeoutMs, mark: randomBytes(8).toString('hex'), ...(signal && { signal }) };
  if (kind === 'local') return probeHere({ ...run, certificates: options.certificates });
  if (address === null) throw new Error('it has no address');
  if (kind === 'ssh')
    return probeBySsh({ ...sshTarget(deps, host), certificates: options.certificates }, run);
  const { reads, status, body, headers, insecure } = options;
  return probeByHttp({ url: address, reads, status, body, headers, insecure }, run);
}

/** The files of known keys of a host: the one that is named for it, else ours and the user's own. */
export function sshTarget(
  { env, home }: Pick<ProbeDeps, 'env' | 'home'>,
  { address, options: { identity, knownHosts } }: HostDefinition,
): Omit<SshTarget, 'certificates'> {
  const user = env['HOME'];
  const own = user === undefined ? [] : [join(user, '.ssh/known_hosts'), join(user, '.ssh/known_hosts2')];
  return {
    address: address ?? '',
    identity,
    knownHosts: knownHosts === null ? [join(home, 'fleet_known_hosts'), ...own] : [knownHosts],
  };
}

const passed = ['HOME', 'USER', 'LOGNAME', 'SSH_AUTH_SOCK', 'TZ'];

/** The environment of each run: a few variables of the daemon's, and a mark by which a later start finds what was left. */
export function createEnvironment({
  env,
  worker,
}: Pick<ProbeDeps, 'env' | 'worker'>): () => SshRun['env'] & Record<string, string> {
  let runs = firstRun;
  const kept = Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && passed.includes(entry[0]),
    ),
  );
  return () => {
    runs += 1;
    const { name, value } = taskMarker({ worker, taskId: clockedTaskId, attempt: runs });
    return { ...kept, PATH: env['PATH'] ?? fixedPath, LC_ALL: 'C', [name]: value };
  };
}
