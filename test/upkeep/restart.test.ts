import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRestart } from '../../src/upkeep/restart.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { until } from '../helpers/daemon.ts';

const command = [process.execPath] as const;

it('ends a daemon in order that a manager of services starts again', async () => {
  const kept = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(kept, 'spawn');
  const ended = once(kept, 'exit');
  const asked: number[] = [];
  createRestart({
    pid: kept.pid ?? 0,
    command,
    env: {},
    isKept: (pid) => asked.push(pid) > 0,
  })();
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(asked).toEqual([kept.pid]);
});

it('has a process of its own restart what was started by hand, with the environment of the daemon', async () => {
  const told = join(tempDir(), 'told');
  const script = `require('fs').writeFileSync(process.env.TOLD + '.part', process.argv.slice(1).join(' '));
    require('fs').renameSync(process.env.TOLD + '.part', process.env.TOLD)`;
  createRestart({
    pid: process.pid,
    command: [process.execPath, '-e', script, '--'],
    env: { TOLD: told },
    isKept: () => false,
  })();
  await until('it is called', () => Promise.resolve(existsSync(told)));
  expect(readFileSync(told, 'utf8')).toBe('restart');
});
