import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createActor, fromPromise, setup } from 'xstate';
import { createDashboardServer } from '../../actors/dashboard/server.ts';
import type { DashboardServerFact } from '../../machines/dashboard/protocol.ts';
import { createDoor, type Door } from '../../src/faces/dashboard/door/door.ts';
import { homePaths } from '../../src/lib/config/paths.ts';
import { createDispatch } from '../../src/lib/operations/dispatch.ts';
import { nothing } from '../../src/lib/operations/fields.ts';
import { operation } from '../../src/lib/operations/operation.ts';
import type { DashboardService } from '../../src/faces/dashboard/service.ts';

/** The dashboard's server over a door, without a daemon behind it: `hello.get` is all that it can be asked. */
export interface OpenDoor {
  url: string;
  door: Door;
  token: string;
  home: string;
  /** Keeps the answers of `hello.get` back until `release`; `held` says how many wait. */
  hold(): void;
  release(): void;
  held(): number;
  close(): void;
}

/** Opens the server on loopback; `home` is that of an earlier one. */
export async function openDoor(home = mkdtempSync(join(tmpdir(), 'njd-door-'))): Promise<OpenDoor> {
  const paths = homePaths(home);
  const door = createDoor({ tokenPath: paths.token, sessionsPath: paths.sessions, names: () => [] });
  const waiting: (() => void)[] = [];
  let isHolding = false;
  const hello = async () => {
    if (isHolding) await new Promise<void>((resolve) => waiting.push(resolve));
    return { version: '0.1.0' };
  };
  const table = { 'hello.get': operation('GET /hello', nothing, hello) };
  const service: DashboardService = {
    door,
    operations: table,
    dispatch: createDispatch(table, {}, (thrown) => {
      throw thrown;
    }),
    health: {
      readiness: () => ({ ready: true, reasons: [] }),
      scheduler: () => ({ lastTickMsAgo: 1_000, stuck: false }),
    },
    metrics: () => Promise.resolve({ contentType: 'text/plain', text: 'up 1\n' }),
    hello: () => ({ version: '0.1.0', now: 0, startedAt: 0, timeZone: 'UTC', platform: 'test' }),
    openFeeds: () => ({
      flush: () => Promise.resolve(),
      pulse: () => Promise.resolve(),
      watched: () => undefined,
      unwatched: () => undefined,
      close: () => undefined,
    }),
    report: (thrown) => {
      throw thrown;
    },
  };
  let listening: (url: string) => void = () => undefined;
  const url = new Promise<string>((resolve) => (listening = resolve));
  const host = createActor(
    setup({
      types: { events: {} as DashboardServerFact },
      actors: {
        server: createDashboardServer(service),
        never: fromPromise(() => new Promise(() => undefined)),
      },
    }).createMachine({
      invoke: { src: 'server', input: { host: '127.0.0.1', port: 0 } },
      on: { 'dashboard.listening': { actions: ({ event }) => listening(event.url) } },
    }),
  ).start();
  return {
    url: await url,
    door,
    token: readFileSync(paths.token, 'utf8').trim(),
    home,
    hold: () => (isHolding = true),
    release() {
      isHolding = false;
      for (const resolve of waiting.splice(0)) resolve();
    },
    held: () => waiting.length,
    close: () => {
      host.stop();
    },
  };
}

/** Ends a door and removes its home. */
export function removeDoor(opened: OpenDoor): void {
  opened.close();
  rmSync(opened.home, { recursive: true, force: true });
}
