import type { Measurement } from '../context.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';
import { checkFlood, flood } from './floods.ts';

const acceptedTarget = 456_000;
const recordedTarget = 40_000;
const warmUpLines = 40_000;

/** Floods with one writer and with eight. */
export const throughput: Measurement = {
  name: 'throughput',
  title: 'events accepted, routed and recorded',
  async run({ sizes, daemon, newCategory }) {
    const target = await daemon();
    const figures: Figure[] = [];
    const wrong: string[] = [];
    // The first lines of a process run before its code is compiled well; they say nothing about a daemon that stays up.
    await (
      await flood(target, { category: newCategory(), writers: 8, lines: warmUpLines })
    ).recordedAt;
    for (const writers of [1, 8]) {
      const accepted: number[] = [];
      const recorded: number[] = [];
      for (let round = 0; round < sizes.repeats; round += 1) {
        const category = newCategory();
        const lines = sizes.floodLines;
        const { startedAt, acceptedAt, recordedAt } = await flood(target, { category, writers, lines });
        accepted.push((lines / (acceptedAt - startedAt)) * 1000);
        recorded.push((lines / ((await recordedAt) - startedAt)) * 1000);
        wrong.push(...(await checkFlood(target, category, lines)));
      }
      figures.push(...figuresOf(writers, accepted, recorded));
    }
    return { figures, wrong };
  },
};

function figuresOf(writers: number, accepted: readonly number[], recorded: readonly number[]): Figure[] {
  const by = writers === 1 ? '1 writer' : `${writers} writers`;
  return [
    {
      id: `accepted.${writers}`,
      what: `events accepted durably, ${by}`,
      value: median(accepted),
      unit: 'lines/s',
      target: { sense: '>=', value: acceptedTarget },
      note: 'checked, queued, fdatasync’ed',
    },
    {
      id: `recorded.${writers}`,
      what: `events accepted, routed and recorded, ${by}`,
      value: median(recorded),
      unit: 'lines/s',
      target: { sense: '>=', value: recordedTarget },
      note: 'embedded database, synced commits',
    },
  ];
}
