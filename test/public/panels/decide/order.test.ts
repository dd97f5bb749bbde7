import { expect, it } from 'vitest';
import { byTurn, findingRank, ranked } from '../../../../public/js/panels/decide/order.js';

it('findings come the worst first, and else as they came', () => {
  const rows = ['info', 'warning', 'critical', 'warning', 'odd'].map((severity, id) => ({ id, severity }));
  expect(ranked(rows, findingRank).map(({ id }) => id)).toEqual([2, 1, 3, 0, 4]);
});

it('wishes stand under whose turn it is, what waits for the owner first', () => {
  const states = ['approved', 'proposed', 'kept', 'drafted', 'stale', 'rejected', 'a state of tomorrow'];
  const rows = byTurn(states.map((state, id) => ({ id, state })));
  expect(rows.map(({ title, key }) => title ?? key)).toEqual([
    'Waits for you',
    1,
    3,
    'Could not be drafted',
    4,
    'Under way',
    0,
    'Decided',
    2,
    5,
    6,
  ]);
  expect(byTurn([])).toEqual([]);
});
