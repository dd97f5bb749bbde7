import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { childEntry } from '../../lib/process/child-entry.ts';
import { findMarked } from '../../lib/process/find-marked.ts';
import { identityOf } from '../../lib/process/identity.ts';
import { terminateFamily } from '../../lib/process/kill-family.ts';
import { taskMarkerName } from '../../lib/process/marker.ts';
import type { ProgramRunner } from '../../lib/process/run-program.ts';
import { type Blocked, blockedByAbsence, blockedByWords, readSurroundings } from '../sandbox/blocked.ts';
import { enterSandbox } from '../sandbox/enter.ts';
import { sandboxFlags, type SandboxFlag, type SandboxView } from '../sandbox/flags.ts';
import { plant, type Planted } from './plant.ts';

/** What came of one attempt to get out. */
export type Finding = ({ held: true } | { held: false; hole: string }) & {
  name: string;
  /** Folder that it tried to write to. */
  folder?: string;
};

/** A sandbox as it is about to be used. */
export interface SandboxToProve {
  programs: ProgramRunner;
  bwrap: string;
  view: SandboxView;
  /** The environment that the agent is to have. */
  env: Readonly<Record<string, string>>;
  /** An existing folder of ours outside of the sandbox. */
  folder: string;
  /** Where what is planted goes; must not exist, and is left to whoever removes `folder`. */
  plantIn: string;
  /** Folders of this machine that must stay as they are. */
  closed: string[];
  /** What may not be there: the home, the owner's keys, the repository itself. */
  unseen: string[];
  pipes: string[];
  maxFileBytes: number;
  /** For tests: the flags with one missing. */
  flags?: readonly SandboxFlag[];
}

const probeMs = 30_000;
const dieMs = 3_000;
const lookMs = 20;
const probeEntry = childEntry(import.meta.url, '../inside/probe.ts');

/** What has to be seen inside for the probe to run. */
export const probeArgs = probeEntry.args;

/**
 * Tries from inside to write outside, to read a planted secret, to connect out, to reach pipes and sockets, and to see other
 * processes; and from outside, whether it ends with its parent. Undefined where each attempt failed; else why nothing may be
 * drafted here. There is no other answer: what cannot be told counts as a hole.
 */
export async function proveSandbox(
  sandbox: SandboxToProve,
  signal: AbortSignal,
): Promise<Blocked | undefined> {
  const { view, flags = sandboxFlags(view) } = sandbox;
  const plants = await plant({
    folder: sandbox.plantIn,
    writable: view.writable.map(({ to }) => to),
    closed: sandbox.closed,
    unseen: [...sandbox.unseen, ...systemUnseen.filter((path) => !isShown(view, path))],
    pipes: sandbox.pipes,
    cwd: view.cwd,
    variables: [...Object.keys(sandbox.env), taskMarkerName, 'PWD'],
  });
  try {
    const inside = {
      command: probeEntry.command,
      args: [...probeEntry.args, JSON.stringify(plants.planted)],
      env: sandbox.env,
    };
    const entered = enterSandbox(sandbox.bwrap, view, inside, { maxFileBytes: sandbox.maxFileBytes, flags });
    const end = await sandbox.programs.run({ ...entered, cwd: sandbox.folder, timeoutMs: probeMs }, signal);
    if (end.ended === 'unstarted') return blockedByAbsence(end.problem ?? undefined);
    const stderr = end.stderr.toString('utf8');
    const blocked = blockedByWords(stderr, readSurroundings());
    if (blocked !== undefined) return blocked;
    const findings = findingsIn(end.stdout.toString('utf8'));
    if (end.code !== 0 || findings === undefined)
      return holes([
        `the probe did not run to its end: ${end.problem ?? `it exited with status ${end.code}`}. ${lastLine(stderr)}`,
      ]);
    const open = findings.flatMap((finding) =>
      finding.held || isInsideOnly(finding, plants.planted) ? [] : [`${finding.name}: ${finding.hole}`],
    );
    if (open.length === 0 && !(await endsWithParent(sandbox, flags)))
      open.push('end: it lives on after the process that started it');
    return open.length === 0 ? undefined : holes(open);
  } finally {
    await plants.clear();
  }
}

/** Folders of the system that are not there, unless something below them is shown. */
const systemUnseen = ['/run', '/var', '/sys', '/boot', '/mnt', '/media', '/root', '/srv'];

function isShown({ readOnly, writable }: SandboxView, folder: string): boolean {
  return [...readOnly, ...writable].some(({ to }) => to === folder || to.startsWith(`${folder}/`));
}

/**
 * Whether a file that could be written has stayed inside, where a folder of the sandbox's own only has the name of one outside.
 * What has arrived outside is taken away again.
 */
function isInsideOnly({ folder }: Finding, { fileName }: Planted): boolean {
  if (folder === undefined) return false;
  const outside = join(folder, fileName);
  if (!existsSync(outside)) return true;
  rmSync(outside, { force: true });
  return false;
}

function holes(open: readonly string[]): Blocked {
  return {
    reason: `the sandbox does not hold: ${open.join('; ').slice(0, 2_000)}`,
    fix: 'see what stands between bubblewrap and this machine (ninjad doctor); nothing is drafted without a sandbox that holds',
  };
}

function findingsIn(stdout: string): Finding[] | undefined {
  try {
    const findings = JSON.parse(stdout) as Finding[];
    return Array.isArray(findings) && findings.length > 0 ? findings : undefined;
  } catch {
    return undefined;
  }
}

/** Starts a sandbox as the child of a shell, kills the shell alone, and looks whether anybody is left. */
async function endsWithParent(
  { bwrap, view, folder, maxFileBytes }: SandboxToProve,
  flags: readonly SandboxFlag[],
): Promise<boolean> {
  const marker = { name: 'NINJAD_PROBE', value: `draft:${randomUUID()}` };
  const inside = { command: '/bin/sh', args: ['-c', 'sleep 31 & wait'], env: { PATH: '/usr/bin:/bin' } };
  const { command, args, env } = enterSandbox(bwrap, view, inside, { maxFileBytes, flags });
  const shell = spawn('/bin/sh', ['-c', '"$@" & wait', 'sh', command, ...args], {
    cwd: folder,
    env: { ...env, [marker.name]: marker.value },
    detached: true,
    stdio: 'ignore',
  });
  shell.on('error', () => {});
  const root = shell.pid === undefined ? undefined : identityOf(shell.pid);
  const family = async () => await findMarked(marker.name, marker.value);
  try {
    const isInside = await within(dieMs, async () =>
      (await family()).some(({ command: line }) => line === 'sleep 31'),
    );
    if (!isInside) return false;
    shell.kill('SIGKILL');
    return await within(dieMs, async () => (await family()).length === 0);
  } finally {
    await terminateFamily({ root, marker, graceMs: 0 });
  }
}

async function within(ms: number, look: () => Promise<boolean>): Promise<boolean> {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    if (await look()) return true;
    await delay(lookMs);
  }
  return look();
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}
