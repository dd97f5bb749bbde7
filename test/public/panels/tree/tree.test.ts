import * as dagre from '@dagrejs/dagre';
import { describe, expect, it } from 'vitest';
import { bundled, labelOf, layoutOf } from '../../../../public/js/panels/tree/chart-layout.js';
import { actorSign, foldedPaths, outlineOf, withChange } from '../../../../public/js/panels/tree/outline.js';
import { eventWords, isNews, nameOf } from '../../../../public/js/panels/tree/words.js';
import type { ActorView } from '../../../../src/inspection/tree-view.ts';

const actor = (path: string, changes: Partial<ActorView> = {}): ActorView => ({
  path,
  id: path.slice(path.lastIndexOf('/') + 1),
  kind: 'machine',
  machine: 'x',
  status: 'active',
  states: ['idle'],
  since: 0,
  supervised: null,
  ...changes,
});
const family = ['root', 'root/tree', 'root/tree/a', 'root/tree/a/run', 'root/tree/b'].map((path) =>
  actor(path),
);

describe('the outline', () => {
  it('puts children below their parents and knows which lines go on', () => {
    expect(
      outlineOf(family, new Set()).map(({ actor: { path }, depth, lines, isLast }) => [
        path,
        depth,
        lines,
        isLast,
      ]),
    ).toEqual([
      ['root', 0, [], true],
      ['root/tree', 1, [], true],
      ['root/tree/a', 2, [false], false],
      ['root/tree/a/run', 3, [false, true], true],
      ['root/tree/b', 2, [false], true],
    ]);
  });

  it('folds what is below a path, and a filter keeps the ancestors of what fits', () => {
    expect(outlineOf(family, new Set(['root/tree/a'])).map((row) => row.actor.id)).toEqual([
      'root',
      'tree',
      'a',
      'b',
    ]);
    expect(outlineOf(family, new Set(['root/tree/a']), 'run').map((row) => row.actor.id)).toEqual([
      'root',
      'tree',
      'a',
      'run',
    ]);
    expect(outlineOf(family, new Set(), 'nobody')).toEqual([]);
  });

  it('folds each of a crowd and counts it at its parent, until the owner unfolds one', () => {
    const crowd = Array.from({ length: 9 }, (_, index) => [
      actor(`root/tasks/${index}`, { machine: 'task', states: [index < 6 ? 'running' : 'waiting'] }),
      actor(`root/tasks/${index}/run`),
    ]).flat();
    const actors = [actor('root'), actor('root/tasks'), ...crowd];
    const folded = foldedPaths(actors, new Map());
    expect(folded.size).toBe(9);
    const rows = outlineOf(actors, folded);
    expect(rows).toHaveLength(11);
    expect(rows[1]?.tally).toBe('9: 6 running, 3 waiting');
    expect(outlineOf(actors, foldedPaths(actors, new Map([['root/tasks/3', false]])))).toHaveLength(12);
    expect(foldedPaths(actors.slice(0, 12), new Map())).toEqual(new Set());
  });

  it('folds one that holds nothing but work, until the owner unfolds it or what is inside is chosen', () => {
    const actors = [
      actor('root'),
      actor('root/keeper', { machine: 'chore' }),
      actor('root/keeper/alarm', { kind: 'work' }),
      actor('root/server', { machine: 'server' }),
      actor('root/server/socket', { kind: 'work' }),
      actor('root/server/room', { machine: 'room' }),
    ];
    const folded = (said: [string, boolean][], chosen: string | null = null) => [
      ...foldedPaths(actors, new Map(said), chosen),
    ];
    expect(folded([])).toEqual(['root/keeper']);
    expect(
      folded([
        ['root/keeper', false],
        ['root/server', true],
      ]),
    ).toEqual(['root/server']);
    expect(folded([], 'root/keeper/alarm')).toEqual([]);
    expect(folded([['root', true]], 'root/keeper/alarm')).toEqual(['root']);
  });

  it('names what XState names for us', () => {
    expect(['0.chore.working', 'router', 'task.12'].map((id) => nameOf({ id }))).toEqual([
      'in working',
      'router',
      'task.12',
    ]);
    expect(
      ['xstate.after.rest.chore.resting', 'xstate.done.actor.0.x', 'mail.waiting'].map(eventWords),
    ).toEqual(['after rest', 'done', 'mail.waiting']);
    const row = { seq: 1, at: 0, path: 'a', from: null, before: [], after: [] };
    expect([isNews({ ...row, event: 'xstate.init' }), isNews({ ...row, event: 'pipe.verify' })]).toEqual([
      false,
      true,
    ]);
  });

  it('takes in what has changed, came and went', () => {
    const changed = withChange(family, {
      changed: [actor('root/tree/b', { states: ['busy'] }), actor('root/tree/c')],
      gone: ['root/tree/a/run'],
    });
    expect(changed.map(({ path, states }) => `${path} ${states.join()}`)).toEqual([
      'root idle', 'root/tree idle', 'root/tree/a idle', 'root/tree/b busy', 'root/tree/c idle',
    ]); // prettier-ignore
    expect(withChange(family, { changed: [], gone: [] })).toBe(family);
  });

  it('tells the supervisor’s word where it says more than running', () => {
    const supervised = { state: 'restarting', restart: 'permanent', restarts: 1, budget: 5, lastError: null };
    expect(actorSign(actor('x', { supervised }))).toEqual({ glyph: '↻', word: 'restarting', tone: 'orange' });
    expect(actorSign(actor('x', { states: ['away'] })).tone).toBe('pink');
    expect(actorSign(actor('x', { states: ['serving'] })).tone).toBe('cyan');
  });
});

describe('the drawing of a machine', () => {
  const states = [
    { path: '', type: 'compound', initial: 'idle', invokes: [] },
    { path: 'idle', type: 'atomic', initial: null, invokes: [] },
    { path: 'busy', type: 'compound', initial: 'reading', invokes: [] },
    { path: 'busy.reading', type: 'atomic', initial: null, invokes: [] },
    { path: 'busy.writing', type: 'atomic', initial: null, invokes: [] },
    { path: 'over', type: 'final', initial: null, invokes: [] },
  ] as const;
  const arrow = (from: string, to: string | null, event: string, guard: string | null = null) => ({
    from,
    to,
    event,
    guard,
  });

  it('makes one arrow of all events between two states and none of what stays', () => {
    expect(
      bundled([
        arrow('idle', 'busy', 'go'),
        arrow('idle', 'busy', 'run', 'allowed'),
        arrow('idle', null, 'tick'),
      ]),
    ).toEqual([{ from: 'idle', to: 'busy', events: ['go', 'run [allowed]'] }]);
    expect(labelOf(['go', 'run'])).toBe('go +1');
    expect(labelOf(['xstate.done.actor.0.x.y'])).toBe('done');
  });

  it('lays children inside their parents and everything inside the picture', () => {
    const chart = layoutOf(
      {
        id: 'm',
        states: [...states.map((state) => ({ ...state, invokes: [] }))],
        arrows: [
          arrow('idle', 'busy', 'go'),
          arrow('busy', 'over', 'stop'),
          arrow('busy.reading', 'busy.writing', 'next'),
        ],
      },
      dagre,
    );
    const box = (path: string) =>
      chart.boxes.find((each) => each.path === path) as (typeof chart.boxes)[number];
    for (const child of [box('busy.reading'), box('busy.writing')]) {
      expect(child.x).toBeGreaterThanOrEqual(box('busy').x);
      expect(child.y + child.height).toBeLessThanOrEqual(box('busy').y + box('busy').height);
    }
    for (const each of chart.boxes) expect(each.x + each.width).toBeLessThanOrEqual(chart.width);
    expect(chart.arrows.map(({ from, to }) => [from, to])).toEqual([['idle', 'busy'], ['busy', 'over'], ['busy.reading', 'busy.writing']]); // prettier-ignore
    expect(box('idle').isInitial && box('busy.reading').isInitial).toBe(true);
  });
});
