import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { createActor, setup, type EventObject } from 'xstate';
import { createControlServer } from '../../actors/control/control-server.ts';
import { openHome } from '../../src/lib/config/open-home.ts';
import { homePaths } from '../../src/lib/config/paths.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { parseLine, type WireEvent } from '../../src/lib/wire/parse-line.ts';
import { ensureFifo, openFifo } from '../../src/lib/wire/fifo.ts';
import { fakeControl, type Overrides } from '../helpers/fake-control.ts';
import { eventually } from '../helpers/eventually.ts';

const main = packagePath('dist', 'src', 'main.js');

/** How a command line ended. */
export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** What stdin gives; without it stdin is empty. */
  stdin?: string | Buffer;
}

/** Command lines as real processes on a home of their own, with or without a daemon's ends of the sockets and the pipe. */
export function cliHarness() {
  let home = '';
  const cleanups: (() => void)[] = [];
  beforeEach(() => {
    home = join(mkdtempSync(join(tmpdir(), 'ninjad-cli-')), 'home');
  });
  afterEach(() => {
    for (const clean of cleanups.splice(0).reverse()) clean();
    rmSync(join(home, '..'), { recursive: true });
  });

  /** Starts `ninjad …` without waiting for its end. */
  function begin(args: readonly string[], options: RunOptions = {}) {
    const running = launch([process.execPath, main, ...args], options);
    running.child.stdin.end(options.stdin ?? '');
    return running;
  }

  function launch([command = '', ...args]: readonly string[], { env = {} }: RunOptions) {
    const child = spawn(command, args, {
      env: { PATH: process.env['PATH'] ?? '', HOME: join(home, '..'), NINJAD_HOME: home, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    cleanups.push(() => child.kill('SIGKILL'));
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out.stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (out.stderr += chunk));
    child.stdin.on('error', () => {});
    const ended = new Promise<Ran>((resolve) => {
      child.once('close', (code) => resolve({ code, ...out }));
    });
    return { child, out, ended };
  }

  return {
    home: () => home,
    begin,
    /** Starts `ninjad …` on a terminal of its own (script(1) of Linux); what is written to stdin is typed. */
    beginOnTerminal(args: readonly string[], options: RunOptions = {}) {
      const line = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
      return launch(
        ['/usr/bin/script', '--quiet', '--return', '--flush', '--command', line, '/dev/null'],
        options,
      );
    },
    run: (args: readonly string[], options: RunOptions = {}) => begin(args, options).ended,

    /** A control server with a fake API behind it, and the reading end of the pipe. */
    async daemon(overrides: Overrides = {}) {
      const paths = openHome(home);
      const fake = fakeControl(overrides);
      const facts: EventObject[] = [];
      const parent = setup({ actors: { control: createControlServer(fake.service) } }).createMachine({
        invoke: { id: 'control', src: 'control', input: { socketPath: paths.controlSocket } },
        on: { '*': { actions: ({ event }) => facts.push(event) } },
      });
      const actor = createActor(parent).start();
      cleanups.push(() => actor.stop());
      await eventually(() => expect(facts).toMatchObject([{ type: 'control.listening' }]));

      await ensureFifo(paths.fifo);
      const { fd } = openFifo(paths.fifo);
      cleanups.push(() => closeSync(fd));
      let received = '';
      const drain = () => {
        const chunk = Buffer.alloc(65_536);
        try {
          for (let size = 1; size > 0;) {
            size = readSync(fd, chunk);
            received += chunk.toString('utf8', 0, size);
          }
        } catch (thrown) {
          expect((thrown as NodeJS.ErrnoException).code).toBe('EAGAIN');
        }
        return received;
      };
      return {
        ...fake,
        paths,
        stop: () => actor.stop(),
        /** The raw lines in the pipe so far, without the empty ones that writers begin with. */
        lines: () => linesOf(drain()),
        /** The next event of the pipe once there is one. */
        event: () => vi.waitFor(() => parsed(linesOf(drain())[0] ?? ''), { timeout: 30_000 }),
      };
    },

    /** The paths of the home, without anything made. */
    paths: () => homePaths(home),
  };
}

function linesOf(received: string): string[] {
  return received.split('\n').slice(0, -1).filter(Boolean);
}

function parsed(line: string): WireEvent {
  const result = parseLine(line);
  if (!result.ok) throw new Error(`${line}: ${result.reason}`);
  return result.event;
}

/** What a run must have printed as JSON on stdout: exactly one value and nothing else. */
export function jsonOf({ code, stdout, stderr }: Ran): unknown {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}
