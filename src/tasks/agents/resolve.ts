import { statSync } from 'node:fs';
import { fallbackPrograms, programsOnPath, whyNotRunnable } from './candidates.ts';
import type { AgentSurroundings } from './cli-program.ts';
import { cliKind } from './kinds.ts';
import type { CliName } from '../../lib/wire/agent-names.ts';
import type { AgentResolution, TriedPath } from './resolution.ts';
import type { ChildEntry } from '../../lib/process/child-entry.ts';
import { probeAgent, type ProbeResult } from './probe.ts';

export interface AgentResolver {
  /** What the last probe found; undefined until the first has ended. */
  current(): AgentResolution | undefined;
  /** The cached answer where it found one and that file is the same, else a new probe (while offline every 30 s at most). Callers at the same time share one probe. Never rejects. */
  resolve(): Promise<AgentResolution>;
  /** Probes again whatever is cached: after ENOENT, or when the setting changed. Never rejects. */
  reprobe(): Promise<AgentResolution>;
}

export interface AgentResolverOptions extends AgentSurroundings {
  /** The CLI to look for. Default: claude. */
  cli?: CliName;
  /** The path that the owner named, or a function that is asked at every probe. */
  configured?: string | (() => string | undefined) | undefined;
  /** The command line of a program that is to answer instead of the CLI; asked at every probe. */
  command?: (() => readonly string[] | undefined) | undefined;
  /** What speaks the stream protocol for such a program. */
  commandEntry?: ChildEntry;
  /** The bundled agent that answers when there is no other. */
  offlineEntry: ChildEntry;
  /** How long each candidate may take to answer `--version`. Default: as long as its CLI may, or 5,000 ms. */
  probeDeadlineMs?: number;
  /** Epoch milliseconds; for tests. */
  now?: () => number;
}

const defaultProbeDeadlineMs = 5_000;
/** While no agent is there, it is looked for again at most so often. */
const offlineRecheckMs = 30_000;

/**
 * Finds the agent: the program that the owner named, else the configured path, else the first of its name on PATH, else in the
 * usual places, that answers `--version`; else the offline agent. The answer is kept until `reprobe`, or until
 * another file stands in its place.
 */
export function createAgentResolver(options: AgentResolverOptions): AgentResolver {
  const { now = Date.now } = options;
  let found: AgentResolution | undefined;
  let foundAt = 0;
  let stamp: string | undefined;
  let probing: Promise<AgentResolution> | undefined;
  const probe = () => {
    probing ??= findAgent(options)
      .then((resolution) => {
        foundAt = now();
        stamp = stampOf(resolution);
        return (found = resolution);
      })
      .finally(() => (probing = undefined));
    return probing;
  };
  /** An agent that was found is good until it vanishes; one that was not may have been installed or mended since. */
  const isGood = (known: AgentResolution) =>
    known.kind !== 'misconfigured' &&
    (known.kind !== 'offline' || now() - foundAt < offlineRecheckMs) &&
    !isReplaced(known, stamp);
  return {
    current: () => found,
    resolve: () => (found !== undefined && isGood(found) ? Promise.resolve(found) : probe()),
    reprobe: probe,
  };
}

/** True where another file stands in the place of a program that was found: an upgrade. One that has gone shows by its start. */
function isReplaced(known: AgentResolution, before: string | undefined): boolean {
  const present = stampOf(known);
  return before !== undefined && present !== undefined && present !== before;
}

/** Tells one file in the place of a CLI from another; undefined where there is none. */
function stampOf(found: AgentResolution): string | undefined {
  if (!('version' in found)) return undefined;
  try {
    const { dev, ino, size, mtimeMs } = statSync(found.path);
    return `${dev}.${ino}.${size}.${mtimeMs}`;
  } catch {
    return undefined;
  }
}

async function findAgent(options: AgentResolverOptions): Promise<AgentResolution> {
  const command = options.command?.();
  if (command !== undefined && options.commandEntry !== undefined)
    return commandAgent(command, options.commandEntry, options.env);
  const configured = typeof options.configured === 'function' ? options.configured() : options.configured;
  if (configured !== undefined && configured !== '') return configuredAgent(configured, options);
  const { cli = 'claude' } = options;
  const { program } = cliKind(cli);
  const tried: TriedPath[] = [];
  const places = [...programsOnPath(program.name, options.env), ...fallbackPrograms(program, options)];
  for (const place of new Set(places)) {
    const path = program.behind?.(place) ?? place;
    const problem = whyNotRunnable(path);
    const result: ProbeResult =
      problem === undefined ? await probe(path, options) : { ok: false, reason: sentences[problem] };
    if (result.ok) return { kind: cli, path, version: result.version };
    tried.push({ path, reason: result.reason });
  }
  return { kind: 'offline', reason: summary(program.name, tried), tried, entry: options.offlineEntry };
}

const sentences = { 'not-found': 'there is no such file', 'not-executable': 'it is not an executable file' };

function commandAgent(
  [program = '', ...args]: readonly string[],
  entry: ChildEntry,
  env: AgentSurroundings['env'],
): AgentResolution {
  const places = program.includes('/') ? [program] : programsOnPath(program, env);
  const path = places.find((place) => whyNotRunnable(place) === undefined);
  if (path === undefined) {
    const problem = places.some((place) => whyNotRunnable(place) === 'not-executable')
      ? 'not-executable'
      : 'not-found';
    const reason = `the program ${program} of agent.command cannot be run: ${sentences[problem]}`;
    return { kind: 'misconfigured', path: program, problem, reason };
  }
  const commandLine = JSON.stringify([path, ...args]);
  return {
    kind: 'command',
    path,
    reason: 'agent.command names it',
    entry: { command: entry.command, args: [...entry.args, commandLine] },
  };
}

async function configuredAgent(configured: string, options: AgentResolverOptions): Promise<AgentResolution> {
  const { cli = 'claude' } = options;
  const named = configured.replace(/^~(?=\/)/, () => options.home);
  const path = cliKind(cli).program.behind?.(named) ?? named;
  const problem = whyNotRunnable(path);
  if (problem !== undefined) {
    return {
      kind: 'misconfigured',
      path,
      problem,
      reason: `the configured agent ${path} cannot be run: ${sentences[problem]}`,
    };
  }
  const result = await probe(path, options);
  if (result.ok) return { kind: cli, path, version: result.version };
  return { kind: cli, path, version: 'unknown', note: result.reason };
}

function probe(path: string, options: AgentResolverOptions) {
  const { env, home, cli = 'claude', probeDeadlineMs } = options;
  const { environment: own = {}, program } = cliKind(cli);
  const deadlineMs = probeDeadlineMs ?? program.versionMs ?? defaultProbeDeadlineMs;
  return probeAgent(path, { env, home, own, deadlineMs });
}

function summary(name: string, tried: readonly TriedPath[]): string {
  const broken = tried.filter(({ reason }) => reason !== sentences['not-found']);
  if (broken.length === 0)
    return `there is no ${name} on PATH nor where its installers put it (${tried.length} places)`;
  return `no ${name} that works: ${broken.map(({ path, reason }) => `${path}: ${reason}`).join('; ')}`;
}
