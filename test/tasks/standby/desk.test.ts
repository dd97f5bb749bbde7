import { describe, expect, it } from 'vitest';
import { standbyTaskId } from '../../../src/lib/process/marker.ts';
import { createStandbyDesk, type DeskNews, maxStandbyAgeMs } from '../../../src/tasks/standby/desk.ts';
import type { LaunchShape, ShapePart } from '../../../src/tasks/standby/shape.ts';
import { fakeTask } from '../../helpers/agent-fixtures.ts';

const shape: LaunchShape = {
  agent: 'claude',
  folder: '/work',
  session: 'new',
  arguments: ['-p'],
  environment: { HOME: '/home' },
  login: 'key',
  settings: 'none',
};
const task = fakeTask({ id: 12 });

/** A desk with an agent on offer. */
function open() {
  let now = 1_000;
  let hindrance: 'unwanted' | 'memory' | undefined;
  let isAlive = true;
  const news: DeskNews[] = [];
  const bound: number[] = [];
  let forgotten = 0;
  const desk = createStandbyDesk<string>({
    worker: 'w',
    whyNotStay: () => hindrance,
    monotonicMs: () => now,
  });
  desk.onNews((one) => news.push(one));
  const mark = desk.newMark();
  desk.offer({
    ...{ mark, agent: 'process', identity: undefined, shape, startedAt: now },
    isAlive: () => isAlive,
    bind: ({ id }) => void bound.push(id),
    forget: () => (forgotten += 1),
  });
  return {
    ...{ desk, mark, news, bound },
    forgotten: () => forgotten,
    later: (ms: number) => void (now += ms),
    hinder: (reason: typeof hindrance) => void (hindrance = reason),
    die: () => void (isAlive = false),
  };
}

describe('the desk of the agent that was started ahead', () => {
  it('hands it to one task, which has its mark until nothing of it is left', () => {
    const { desk, mark, news, forgotten } = open();
    expect(mark).toEqual({ worker: 'w', taskId: standbyTaskId, attempt: 1 });
    expect(desk.unclaimed()).toEqual([mark]);
    expect(desk.claim(task, () => shape)?.agent).toBe('process');
    expect(desk.claim(fakeTask({ id: 13 }), () => shape)).toBeUndefined();
    expect(news).toEqual([{ type: 'claimed', mark }]);
    expect(desk.markOf(task)).toEqual(mark);
    expect(desk.unclaimed()).toEqual([]);
    expect(desk.withdraw(mark)).toBe(false);
    desk.heard(task);
    desk.heard(task);
    expect(desk.counts()).toEqual({ used: 1, givenUp: {} });
    desk.release(task);
    desk.release(task);
    expect(desk.markOf(task)).toBeUndefined();
    expect(forgotten()).toBe(1);
    expect(desk.newMark().attempt).toBe(2);
  });

  it('counts one that went before it was at work as lost', () => {
    const { desk } = open();
    desk.claim(task, () => shape);
    desk.release(task);
    expect(desk.counts()).toEqual({ used: 0, givenUp: { lost: 1 } });
  });

  it('gives one up that has exited, is too old, or may not stay, whatever it was started with', () => {
    const cases = {
      exited: ({ die }: ReturnType<typeof open>) => die(),
      stale: ({ later }: ReturnType<typeof open>) => later(maxStandbyAgeMs + 1),
      memory: ({ hinder }: ReturnType<typeof open>) => hinder('memory'),
      unwanted: ({ hinder }: ReturnType<typeof open>) => hinder('unwanted'),
    };
    for (const [reason, change] of Object.entries(cases)) {
      const one = open();
      change(one);
      expect(one.desk.claim(task, () => shape)).toBeUndefined();
      expect(one.desk.counts()).toEqual({ used: 0, givenUp: { [reason]: 1 } });
      expect(one.news).toEqual([{ type: 'refused', mark: one.mark }]);
      // The machine ends it: it is nobody's.
      expect(one.desk.unclaimed()).toEqual([one.mark]);
      expect(one.desk.claim(task, () => shape)).toBeUndefined();
    }
  });

  it('gives one up for each part in which it differs', () => {
    for (const part of Object.keys(shape) as ShapePart[]) {
      const { desk, news } = open();
      const other = { ...shape, [part]: part === 'environment' ? { HOME: '/root' } : ['another'] };
      expect(desk.claim(task, () => other)).toBeUndefined();
      expect(desk.counts().givenUp).toEqual({ [part]: 1 });
      expect(news.map(({ type }) => type)).toEqual(['refused']);
    }
  });

  it('looks at nothing where there is none', () => {
    const { desk, mark, news } = open();
    expect(desk.withdraw(mark)).toBe(true);
    expect(
      desk.claim(task, () => {
        throw new Error('it was looked at');
      }),
    ).toBeUndefined();
    expect(news).toEqual([]);
  });
});
