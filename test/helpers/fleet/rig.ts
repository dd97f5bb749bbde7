import { createBus } from '../../../src/bus.ts';
import { definitionOf, type DeclaredHost } from '../../../src/fleet/definition.ts';
import type { Sighting } from '../../../src/fleet/gate.ts';
import type { Outcome } from '../../../src/fleet/probe/outcome.ts';
import { emptyReport, type Report } from '../../../src/fleet/report.ts';
import { findHost, insertHost } from '../../../src/fleet/rows/hosts.ts';
import { createFleetService, type FleetService } from '../../../src/fleet/service.ts';
import type { Store } from '../../../src/lib/store/store.ts';
import type { NewEvent } from '../../../src/lib/wire/put-event.ts';
import { createSettings } from '../../../src/settings.ts';
import { hashOfToken } from '../../../src/fleet/token.ts';

export const fleetTables = [
  'machines',
  'fleet_sight',
  'owner_notices',
  'deliveries',
  'activity_log',
  'tasks',
  'events',
];
export const home = '6f1c1a52-0000-4000-8000-0123456789ab';
const began = Date.parse('2026-11-28T08:00:00Z');

/** A report of a host that is well, with changes. */
export function reportOf(change: Partial<Report> = {}): Report {
  return {
    ...emptyReport,
    load1: 0.4,
    cores: 4,
    memoryUsed: 2e9,
    memoryTotal: 8e9,
    bootId: 'boot-1',
    uptimeSeconds: 3_600,
    ...change,
  };
}

export const answered = (change: Partial<Report> = {}): Outcome => ({
  kind: 'answered',
  report: reportOf(change),
  tookMs: 12,
});
export const failed = (reason = 'the connection was refused'): Outcome => ({
  kind: 'failed',
  reason,
  tookMs: 3,
});

/** A fleet on a real store whose hosts answer what they are told to, by a clock that is set. */
export function fleetRig(store: Store) {
  let now = began;
  let sighting: Sighting = { gateway: null, addresses: null };
  const answers = new Map<string, Outcome | (() => Outcome)>();
  const told: NewEvent[] = [];
  let refuses = false;
  const asked: string[] = [];
  const make = (): FleetService =>
    createFleetService({
      store,
      settings: createSettings({ configFile: '/nowhere/config.json', env: {} }),
      bus: createBus((thrown) => {
        throw thrown;
      }),
      worker: home,
      probe: ({ name }) => {
        asked.push(name);
        const answer = answers.get(name) ?? answered();
        return Promise.resolve(typeof answer === 'function' ? answer() : answer);
      },
      put: (event) => {
        if (refuses) return Promise.reject(new Error('nobody reads the pipe'));
        told.push(event);
        return Promise.resolve();
      },
      sight: () => Promise.resolve(sighting),
      now: () => Promise.resolve(new Date(now)),
      monotonicMs: () => now,
    });
  let service = make();
  return {
    get service() {
      return service;
    },
    told,
    asked,
    texts: () =>
      told.map(
        ({ source, category, payload }) =>
          `${source} ${category}: ${(payload as { text: string }).text.split('\n')[0]}`,
      ),
    categories: () => told.map(({ source, category }) => `${source} ${category}`),
    now: () => new Date(now),
    answer: (name: string, outcome: Outcome | (() => Outcome)) => void answers.set(name, outcome),
    see: (next: Sighting) => void (sighting = next),
    pass: (ms: number) => void (now += ms),
    refuse: (isSo: boolean) => void (refuses = isSo),
    /** As if the daemon had ended and begun anew. */
    restart: () => void (service = make()),
    async add(name: string, given: Partial<DeclaredHost> = {}) {
      const isKind = given.ssh ?? given.http ?? given.push ?? given.local;
      const { pushToken, ...fields } =
        isKind === undefined ? { http: `http://${name}.test/`, ...given } : given;
      const id = await insertHost(store, {
        definition: definitionOf(name, fields),
        worker: null,
        declaredBy: null,
        tokenHash: pushToken === undefined ? null : hashOfToken(pushToken),
        now: new Date(now),
      });
      if (id === undefined) throw new Error(`there is a host ${name}`);
    },
    /** Polls hosts so many times, a minute apart, and tells what there is to tell. */
    async poll(names: readonly string[], times = 1) {
      for (let turn = 0; turn < times; turn += 1) {
        now += 60_000;
        for (const name of names) await service.poll(name);
        await service.settle();
      }
    },
    async state(name: string) {
      return (await findHost(store, name))?.state;
    },
    async open(): Promise<string[]> {
      const { rows } = await store.query<{ text: string }>({
        text: 'SELECT text FROM owner_notices WHERE seen_at IS NULL ORDER BY id',
      });
      return rows.map(({ text }) => text);
    },
  };
}
