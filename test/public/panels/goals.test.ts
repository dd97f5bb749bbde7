import { expect, it } from 'vitest';
import { changeOf, fieldsOf, newGoal } from '../../../public/js/panels/goals/goal-fields.js';

const fields = { ...fieldsOf(null), name: ' report ', when: 'every day at 9', text: 'look' };

it('sends of a new goal what was filled in', () => {
  expect(newGoal({ ...fields, budget: '$0.50', quiet: '22:00-07:00' })).toEqual({
    name: 'report',
    when: 'every day at 9',
    missed: 'skip',
    overlap: 'skip',
    category: 'goal',
    timeout: '30m',
    prompt: 'look',
    budget: 0.5,
    quiet: '22:00-07:00',
  });
});

it('sends of a changed goal what is otherwise now, and null for what was taken away', () => {
  const before = { ...fields, doneCheck: 'true', budget: '1' };
  expect(changeOf(before, before)).toEqual({});
  expect(changeOf(before, { ...before, doneCheck: ' ', when: 'every 90 minutes' })).toEqual({
    doneCheck: null,
    when: 'every 90 minutes',
  });
  expect(changeOf(before, { ...before, does: 'reflex', text: 'LOW|a||b|c' })).toEqual({
    prompt: null,
    reflex: 'LOW|a||b|c',
  });
});

it('takes no budget that is no amount', () => {
  expect(() => newGoal({ ...fields, budget: 'much' })).toThrow('an amount in US dollars');
});
