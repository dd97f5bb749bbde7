import { expect, it } from 'vitest';
import { changesOf, emptyForm, formOf, ruleOfForm } from '../../../../public/js/panels/rules/rule-form.js';
import type { RuleInput } from '../../../../src/events/router/rule.ts';

const full: RuleInput = {
  name: 'boss',
  about: 'what matters',
  source: ['mail', 'mail:*'],
  category: 'mail',
  priority: ['LOW', 'NORMAL'],
  command: 'x',
  text: '*invoice*',
  fields: { from: ['*@a.example', '*@b.example'], subject: '*: *' },
  ignoreCase: true,
  route: 'task',
  setPriority: 'HIGH',
  permissionCategory: 'careful',
  agent: 'codex',
  throttle: { count: 5, per: '10m', by: 'source' },
  quiet: { hours: '22:00-07:00', zone: 'Europe/Berlin', then: 'lower' },
};

it('holds a rule without loss', () => {
  expect(ruleOfForm(formOf(full as never))).toEqual(full);
  expect(changesOf(full as never, formOf(full as never))).toEqual({});
});

it('says only what is filled in', () => {
  expect(ruleOfForm({ ...emptyForm, name: ' a ', source: ' cron:* \n\n' })).toEqual({
    name: 'a',
    source: 'cron:*',
    route: 'task',
  });
  expect(ruleOfForm({ ...emptyForm, route: '', fields: 'list-id\nfrom: a@b.example' })).toEqual({
    fields: { 'list-id': '*', from: 'a@b.example' },
  });
  expect(ruleOfForm({ ...emptyForm, throttleCount: '5' })).toMatchObject({ throttle: { count: 5, per: '' } });
});

it('tells the fields that change, and null for those that go', () => {
  const form = { ...formOf(full), text: '', agent: '', name: 'chief', throttleCount: '9', quietHours: '' };
  expect(changesOf(full as never, form)).toEqual({
    name: 'chief',
    text: null,
    agent: null,
    throttle: { count: 9, per: '10m', by: 'source' },
    quiet: null,
  });
});
