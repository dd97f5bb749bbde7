import { assign, createActor, setup } from 'xstate';
import type { Topic } from '../../src/faces/dashboard/topics.ts';
import { createLiveTree } from '../../src/inspection/tree-watch.ts';
import type { Measurement } from '../context.ts';
import type { BenchDaemon } from '../daemon.ts';
import { openSocket } from '../dashboard-socket.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';
import { checkFlood, flood } from './floods.ts';

/** Who watches during a flood, by the topics of the dashboard that they follow. */
const audiences = {
  nobody: [],
  tree: ['tree'],
  everything: ['now', 'events', 'tasks', 'chat', 'tree', 'lists'],
} as const satisfies Record<string, readonly Topic[]>;

type Audience = keyof typeof audiences;

/**
 * What it costs to be watched: floods that take turns, with nobody at the dashboard, with the tree open, and with
 * everything open; and a single actor before anybody ever watched (no inspection at all), after somebody has, and during.
 */
export const watching: Measurement = {
  name: 'watching',
  title: 'what it costs to be watched',
  async run({ sizes, daemon, newCategory }) {
    const target = await daemon();
    const rates: Record<Audience, number[]> = { nobody: [], tree: [], everything: [] };
    const wrong: string[] = [];
    for (let round = 0; round < sizes.repeats; round += 1)
      for (const [audience, topics] of Object.entries(audiences) as Array<[Audience, readonly Topic[]]>) {
        const leave = await watch(target, topics);
        const category = newCategory();
        const lines = sizes.floodLines;
        const { startedAt, recordedAt } = await flood(target, { category, writers: 8, lines });
        rates[audience].push((lines / ((await recordedAt) - startedAt)) * 1000);
        leave();
        wrong.push(...(await checkFlood(target, category, lines)));
      }
    return { figures: [...floodFigures(rates), ...actorFigures(sizes.actorEvents, sizes.repeats)], wrong };
  },
};

async function watch(target: BenchDaemon, topics: readonly Topic[]): Promise<() => void> {
  if (topics.length === 0) return () => undefined;
  const socket = await openSocket(target, topics);
  return () => void socket.disconnect();
}

function floodFigures(rates: Record<Audience, number[]>): Figure[] {
  const says: Record<Audience, string> = {
    nobody: 'nobody at the dashboard',
    tree: 'the tree watched',
    everything: 'all feeds watched',
  };
  return (Object.keys(rates) as Audience[]).map((audience) => ({
    id: `watching.${audience}`,
    what: `events recorded, ${says[audience]}`,
    value: median(rates[audience]),
    unit: 'lines/s',
    note: 'turn by turn, 8 writers',
  }));
}

const ticker = setup({
  types: { context: {} as { ticks: number }, events: {} as { type: 'tick' } },
  actions: { count: assign({ ticks: ({ context }) => context.ticks + 1 }) },
}).createMachine({ context: { ticks: 0 }, on: { tick: { actions: 'count' } } });

function actorFigures(events: number, repeats: number): Figure[] {
  const rates: Record<'never' | 'left' | 'watched', number[]> = { never: [], left: [], watched: [] };
  runActor(events, 'never');
  for (let round = 0; round < Math.max(3, repeats); round += 1)
    for (const form of ['never', 'left', 'watched'] as const) rates[form].push(runActor(events, form));
  const says = {
    never: 'that nobody ever watched',
    left: 'whose watcher has left',
    watched: 'that is watched',
  };
  return (['never', 'left', 'watched'] as const).map((form) => ({
    id: `actor.${form}`,
    what: `events of one actor ${says[form]}`,
    value: median(rates[form]),
    unit: 'events/s',
  }));
}

function runActor(events: number, form: 'never' | 'left' | 'watched'): number {
  const actor = createActor(ticker).start();
  const tree = createLiveTree({
    root: () => actor,
    secrets: () => [],
    report: (thrown) => {
      throw thrown;
    },
  });
  if (form !== 'never') tree.start(() => undefined);
  if (form === 'left') tree.stop();
  const startedAt = performance.now();
  for (let sent = 0; sent < events; sent += 1) actor.send({ type: 'tick' });
  const tookMs = performance.now() - startedAt;
  tree.stop();
  actor.stop();
  return (events / tookMs) * 1000;
}
