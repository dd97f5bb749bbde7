import { expect, it } from 'vitest';
import { draftCategory } from '../../src/drafter/run-task.ts';
import { defaultRules } from '../../src/reflexes.ts';

it('takes the events of drafts for tasks without a rule of the owner', () => {
  const rule = defaultRules.find(({ category }) => [category].flat().includes(draftCategory));
  expect(rule).toMatchObject({ route: 'task' });
});
