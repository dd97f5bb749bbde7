import { execFile } from 'node:child_process';
import { ownValue } from '../../src/lib/own-value.ts';
import { kindNamed } from '../../src/sensors/built-in/kinds.ts';
import type { LookContext, ProgramEnd } from '../../src/sensors/look.ts';
import { settle, type Standings, type Told } from '../../src/sensors/settle.ts';

interface LookOptions {
  /** Search path of the programs. Default: that of the test. */
  path?: string;
  proc?: string;
  sys?: string;
  /** The clock of the looks. Default: the real one. */
  now?: () => Date;
}

/** Looks of one sensor, one after another, each with what the last one left; real programs, files and sockets. */
export function looker(
  name: string,
  settings: object,
  { path, proc = '/proc', sys = '/sys', now = () => new Date() }: LookOptions = {},
) {
  const kind = kindNamed(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  const checked = kind.settings.parse(settings);
  let standings: Standings = {};
  let memory: unknown;
  const context: LookContext = { now, signal: new AbortController().signal, run: runIn(path), proc, sys };
  return {
    /** One look: what it tells, as `level text`. */
    async look(): Promise<string[]> {
      const looked = await kind.look(checked, context, {
        memory,
        levelOf: (subject) => ownValue(standings, subject)?.level ?? 'ok',
      });
      const next = settle(standings, looked, now().getTime(), kind.patience?.(checked));
      standings = JSON.parse(JSON.stringify(next.standings)) as Standings;
      memory =
        looked.memory === undefined ? undefined : (JSON.parse(JSON.stringify(looked.memory)) as unknown);
      return next.told.map(({ level, text }: Told) => `${level ?? 'news'} ${text}`);
    },
    standings: () => standings,
    /** Why a subject is unknown; undefined where it is not. */
    unknown: (subject = '') => ownValue(standings, subject)?.unknown?.reason,
  };
}

function runIn(path: string | undefined): LookContext['run'] {
  return (program, args, { timeoutMs = 20_000 } = {}) =>
    new Promise<ProgramEnd>((resolve) => {
      const env = { ...process.env, LC_ALL: 'C', ...(path !== undefined && { PATH: path }) };
      execFile(program, [...args], { timeout: timeoutMs, env, cwd: '/' }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({
          code,
          stdout,
          stderr,
          problem: code === null ? `it could not be started: ${error?.message ?? ''}` : null,
        });
      });
    });
}
