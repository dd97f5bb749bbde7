import { execa } from 'execa';
import { type CheckResult, ok, warn } from '../lib/doctor/check-result.ts';
import type { Checks, Subject } from '../lib/doctor/subject.ts';
import { programsOnPath, whyNotRunnable } from '../tasks/agents/candidates.ts';
import {
  type Blocked,
  blockedByAbsence,
  blockedByPlatform,
  blockedByWords,
  readSurroundings,
  type Surroundings,
} from './sandbox/blocked.ts';
import { enterSandbox } from './sandbox/enter.ts';
import { sandboxFlags } from './sandbox/flags.ts';
import { systemView } from './sandbox/system-view.ts';

type InEnvironment = Pick<Subject, 'env'>;

/** Checks of what drafts need. */
export const drafterChecks: Checks<InEnvironment> = { sandbox: checkSandbox };

const tryMs = 10_000;
const expected = 'a bubblewrap that works: changes of code are only ever drafted inside of it';

/**
 * Makes the sandbox of drafts around a program that does nothing, and tells the layer that forbids it, where one does. Whether
 * it holds, each draft proves anew.
 */
export async function checkSandbox(
  { env }: InEnvironment,
  platform: NodeJS.Platform = process.platform,
  around: Surroundings = readSurroundings(platform),
): Promise<CheckResult> {
  const off = blockedByPlatform(platform);
  if (off !== undefined) return told(off);
  const bwrap = programsOnPath('bwrap', env).find((path) => whyNotRunnable(path) === undefined);
  if (bwrap === undefined) return told(blockedByAbsence());
  const blocked = await tryOut(bwrap, around);
  return blocked === undefined ? ok(`${bwrap} can make a sandbox for drafts`) : told(blocked);
}

async function tryOut(bwrap: string, around: Surroundings): Promise<Blocked | undefined> {
  const view = { ...systemView(), writable: [], cwd: '/' };
  const inside = { command: '/bin/sh', args: ['-c', ':'], env: { PATH: '/usr/bin:/bin' } };
  const flags = sandboxFlags(view);
  const { command, args, env } = enterSandbox(bwrap, view, inside, { maxFileBytes: 1024, flags });
  const end = await execa(command, args, {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: tryMs,
    cwd: '/',
  });
  if (end.exitCode === 0) return undefined;
  return (
    blockedByWords(end.stderr, around) ??
    blockedByAbsence(end.stderr.trim().slice(0, 200) || `it ended with ${String(end.exitCode ?? end.code)}`)
  );
}

function told({ reason, fix }: Blocked): CheckResult {
  return warn(reason, expected, fix);
}
