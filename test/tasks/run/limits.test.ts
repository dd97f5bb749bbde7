import { expect, it } from 'vitest';
import { declaredSettings, settingsSchema } from '../../../src/settings.ts';
import { limitsFor } from '../../../src/tasks/run/limits.ts';

const values = { ...settingsSchema.defaults(), 'task.timeoutMsByCategory': { backup: 5_000 } };
const settings = { get: <Key extends keyof typeof declaredSettings>(key: Key) => values[key] };

it('gives a category its own limit, and every other the common one, whatever all objects inherit under its name', () => {
  expect(limitsFor(settings, 'backup').runMs).toBe(5_000);
  for (const name of ['note', ...Object.getOwnPropertyNames(Object.prototype)])
    expect(limitsFor(settings, name).runMs).toBe(values['task.timeoutMs']);
});

it('has the owner told of a silence after three minutes, or as its category says', () => {
  expect(limitsFor(settings, 'note').quietMs).toBe(180_000);
  const own = {
    get: <Key extends keyof typeof declaredSettings>(key: Key) =>
      ({ ...values, 'task.silenceMsByCategory': { note: 7_000 } })[key],
  };
  expect([limitsFor(own, 'note').quietMs, limitsFor(own, 'other').quietMs]).toEqual([7_000, 180_000]);
});
