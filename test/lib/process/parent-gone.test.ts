import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childEntry } from '../../../src/lib/process/child-entry.ts';
import { currentRow } from '../../../src/lib/process/identity.ts';
import { eventually } from '../../helpers/eventually.ts';

/*
 * Each process of ours that lives by its channel is started by a parent that dies at once: long before it listens, or while it
 * starts. Neither may leave it behind.
 */

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'njd-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const entries = {
  'the database': () => {
    const { command, args } = childEntry(import.meta.url, '../../../actors/database/pglite-child.ts');
    const input = { dataDir: join(dir, 'pg'), socketDir: dir, lockDeadlineMs: 30_000 };
    return [command, ...args, JSON.stringify(input)];
  },
  'the models’ process': () => {
    const { command, args } = childEntry(import.meta.url, '../../../actors/inference/child.ts');
    return [command, ...args];
  },
  'the daemon of a drill': () => {
    const { command, args } = childEntry(import.meta.url, '../../../src/main.ts');
    return [command, ...args, 'up'];
  },
};

/** Runs a parent that starts the command, waits for so long, and is killed; returns the pid of what it has started. */
function startedByOneThatDies(command: readonly string[], afterMs: number): number {
  const parent = `
    const [command, ...args] = ${JSON.stringify(command)};
    const child = require('node:child_process').spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    require('node:fs').writeSync(1, String(child.pid));
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${afterMs});
  `;
  const { stdout, signal } = spawnSync(process.execPath, ['-e', parent], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: dir, NINJAD_HOME: dir, NINJAD_PORT: '0', NINJAD_DRILL: '1' },
  });
  expect(signal).toBe('SIGKILL');
  return Number(stdout);
}

describe.each(Object.entries(entries))('%s', (_, command) => {
  it.each([0, 400])('ends by itself where its parent is killed %i ms after its start', async (afterMs) => {
    const pid = startedByOneThatDies(command(), afterMs);
    await eventually(() => expect(currentRow(pid)).toBeUndefined());
  });
});
