import { beforeEach, describe, expect, it } from 'vitest';
import { createBus } from '../../src/bus.ts';
import { createRuleHits } from '../../src/events/router/rule-hits.ts';
import { markOfStoredSettings, readStoredSettings } from '../../src/lib/config/stored-settings.ts';
import { createDispatch } from '../../src/lib/operations/dispatch.ts';
import { compileRules, ruleHouse } from '../../src/reflexes.ts';
import { ruleOperations, type RuleNeeds } from '../../src/rules/operations.ts';
import { keepingRuleVersions } from '../../src/rules/keep-set-rules.ts';
import { addHits } from '../../src/rules/rows/hits.ts';
import { settingOperations } from '../../src/settings/operations.ts';
import { createSettings } from '../../src/settings.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { useDatabase } from '../helpers/use-database.ts';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';

const { store } = useDatabase('config', 'rule_versions', 'rule_days', 'events', 'tasks', 'activity_log');
const now = new Date('2026-11-28T08:00:00Z');

type Table = typeof ruleOperations & typeof settingOperations;
/** What an operation answers, or why it did not. */
type Answer<Name extends keyof Table> = Awaited<ReturnType<Table[Name]['handle']>> & {
  code: string;
  message: string;
};

/** A daemon's rules: its settings, its counts, and its table of operations. */
function daemon(configFile = '/nowhere/config.json') {
  const settings = createSettings({ configFile, env: {} });
  const hits = createRuleHits();
  const woken: string[] = [];
  const needs: RuleNeeds & { onSetting: ReturnType<typeof keepingRuleVersions> } = {
    store,
    settings,
    ruleHouse,
    hits,
    bus: createBus((thrown) => {
      throw thrown;
    }),
    permissionCategories: () => ['backup'],
    wakeTasks: () => woken.push('tasks'),
    onSetting: keepingRuleVersions(settings),
    now: () => now,
  };
  const dispatch = createDispatch({ ...ruleOperations, ...settingOperations }, needs as never, (thrown) => {
    throw thrown;
  });
  const ask = async <Name extends keyof Table>(name: Name, input: unknown = {}): Promise<Answer<Name>> => {
    const { answer } = await dispatch(name, input, { by: 'cli' });
    return (answer.ok ? answer.data : answer.error) as Answer<Name>;
  };
  return { ask, settings, hits, woken };
}

let one: ReturnType<typeof daemon>;
beforeEach(() => {
  one = daemon();
});

const names = async ({ ask } = one): Promise<string[]> =>
  (await ask('rules.export')).rules.map(({ name }) => name);
const add = (name: string, rule: Record<string, unknown> = { source: 'cron:x', route: 'drop' }, more = {}) =>
  one.ask('rule.add', { rule: { name, ...rule }, ...more });

/** Events that were recorded a minute apart. */
async function recorded(
  events: readonly { source: string; category?: string; payload?: string; priority?: number }[],
) {
  for (const [at, { source, category = 'metric', payload = 'x', priority = 4 }] of events.entries())
    await store.query({
      text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
             VALUES ($1, $2, $3, $4, $5, $6, $6, 'reflex:record', 'otherwise', 'done')`,
      values: [at + 1, priority, source, category, payload, new Date(now.getTime() + at * 60_000)],
    });
}

describe('changes', () => {
  it('are in force at once, in the order that is asked for, and say what is different', async () => {
    expect(await add('a')).toMatchObject({
      version: 2,
      summary: 'the rule a was added',
      differences: [
        { kind: 'added', name: 'a', place: 1, rule: { name: 'a', source: 'cron:x', route: 'drop' } },
      ],
    });
    await add('b');
    await add('c', undefined, { before: 'b' });
    expect(await names()).toEqual(['a', 'c', 'b']);
    expect(one.settings.get('router.rules').map(({ name }) => name)).toEqual(['a', 'c', 'b']);
    expect(await one.ask('rule.move', { name: 'b', place: 1 })).toMatchObject({
      differences: [{ kind: 'moved', name: 'b', from: 3, place: 1 }],
    });
    expect(
      await one.ask('rule.edit', {
        name: 'b',
        changes: { route: 'task', source: 'cron:*', command: null, text: '*x*' },
      }),
    ).toMatchObject({
      differences: [
        {
          kind: 'changed',
          fields: [
            { field: 'source', before: 'cron:x', after: 'cron:*' },
            { field: 'text', after: '*x*' },
            { field: 'route', before: 'drop', after: 'task' },
          ],
        },
      ],
      version: 6,
    });
  });

  it('keep the zone of quiet hours as it is where they are made', async () => {
    await add('night', { route: 'task', source: 'cron:*', quiet: { hours: '22:00-07:00' } });
    const { rule } = await one.ask('rule.get', { name: 'night' });
    expect(rule.quiet).toEqual({
      hours: '22:00-07:00',
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
  });

  it('change nothing where nothing is different', async () => {
    await add('a');
    expect(await one.ask('rule.enable', { name: 'a', enabled: true })).toMatchObject({
      version: null,
      differences: [],
    });
    expect(await one.ask('rule.move', { name: 'a', place: 9 })).toMatchObject({ version: null });
    expect((await one.ask('rules.history')).items).toHaveLength(2);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown field', { rout: 'drop' }, 'rule x: a rule has no field "rout": did you mean route?'],
    [
      'an unknown field within',
      { route: 'task', throttle: { count: 1, pre: '1h' } },
      'rule x, throttle: a throttle has no field "pre": did you mean per?',
    ],
    ['an unknown reflex', { route: 'reflex:nite' }, 'there is no reflex nite: did you mean note?'],
    [
      'a throttle of no length',
      { route: 'task', throttle: { count: 1, per: '1 year' } },
      'expected a time such as 90s',
    ],
    ['a throttle of nothing', { route: 'task', throttle: { count: 0, per: '1m' } }, 'rule x, throttle.count'],
    [
      'quiet hours that are none',
      { route: 'task', quiet: { hours: '25:00-7' } },
      'quiet hours are written as',
    ],
    [
      'an unknown zone',
      { route: 'task', quiet: { hours: '22:00-07:00', zone: 'Mars/Base' } },
      'expected a time zone',
    ],
    ['HUMAN as what a rule makes', { setPriority: 'HUMAN' }, 'rule x, setPriority'],
    ['nothing that it does', { source: 'cron:*' }, 'expected a route'],
    [
      'too many fields',
      { route: 'task', fields: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`f${n}`, '*'])) },
      'at most 16 fields',
    ],
  ])('refuse %s and leave everything as it is', async (_, rule, complaint) => {
    const refused = await add('x', rule);
    expect(refused.code).toBe('USAGE');
    expect(refused.message).toContain(complaint);
    expect(await names()).toEqual([]);
  });

  it('refuse a name that is taken, one of a built-in rule, and a rule that is not there', async () => {
    await add('nas');
    expect(await add('nas')).toMatchObject({ code: 'CONFLICT' });
    expect((await add('urgent')).message).toContain('a built-in rule has this name');
    expect((await one.ask('rule.remove', { name: 'urgent' })).message).toContain('is built in');
    expect((await one.ask('rule.remove', { name: 'nass' })).message).toBe(
      'there is no rule "nass": did you mean nas?',
    );
    expect((await one.ask('rule.move', { name: 'nas', before: 'x', after: 'y' })).message).toContain(
      'expected one place',
    );
  });

  it('ask to be confirmed where they take the owner’s words, or everything', async () => {
    const all = await add('all', { route: 'drop' });
    expect(all.code).toBe('CONFIRM');
    expect(all.message).toContain('would take what you say yourself');
    expect(all.message).toContain('would take every event');
    expect((await add('mine', { priority: 'HUMAN', category: 'x', route: 'drop' })).code).toBe('CONFIRM');
    expect((await add('words', { text: '*backup*', route: 'drop' })).code).toBe('CONFIRM');
    expect(await names()).toEqual([]);
    for (const [name, rule] of Object.entries({
      cron: { source: 'cron:*', route: 'drop' },
      alerts: { category: 'alert', route: 'drop' },
      low: { priority: ['LOW', 'IDLE'], route: 'drop' },
      mail: { fields: { from: '*' }, route: 'drop' },
      slow: { throttle: { count: 1, per: '1h' } },
      off: { route: 'drop', enabled: false },
    }))
      expect(await add(name, rule)).toMatchObject({ dangers: [] });
    expect((await one.ask('rule.enable', { name: 'off', enabled: true })).code).toBe('CONFIRM');
    expect(await one.ask('rule.enable', { name: 'off', enabled: true, sure: true })).toMatchObject({
      version: 8,
    });
    // What was confirmed once is not asked about again with each other change.
    expect(await add('more')).toMatchObject({ version: 9 });
  });

  it('refuse to be made on rules that have changed since', async () => {
    const { version } = await add('a');
    await add('b');
    expect(await one.ask('rule.remove', { name: 'a', base: version })).toMatchObject({ code: 'CONFLICT' });
    expect(await names()).toEqual(['a', 'b']);
  });

  it('of two daemons on one database lose nothing of each other', async () => {
    const other = daemon();
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        (at % 2 === 0 ? one : other).ask('rule.add', {
          rule: { name: `r${at}`, source: 'cron:x', route: 'drop' },
        }),
      ),
    );
    expect((await names(other)).toSorted()).toEqual(
      Array.from({ length: 20 }, (_, at) => `r${at}`).toSorted(),
    );
    expect((await one.ask('rules.list')).version).toBe(21);
    const before = await markOfStoredSettings(store);
    await other.ask('rule.remove', { name: 'r3' });
    expect(await markOfStoredSettings(store)).not.toBe(before);
    one.settings.applyStored(await readStoredSettings(store));
    expect(one.settings.get('router.rules')).toHaveLength(19);
  });

  it('leave a line in the activity log', async () => {
    await add('a');
    const { rows } = await store.query({
      text: `SELECT action, summary, detail->>'version' AS version FROM activity_log`,
    });
    expect(rows).toEqual([{ action: 'rules.added', summary: 'the rule a was added', version: '2' }]);
  });

  it('write nothing over stored rules that cannot be read', async () => {
    await store.query({
      text: `INSERT INTO config (key, value, updated_at, updated_by) VALUES ('router.rules', '[{"nome":1}]', now(), 'me')`,
    });
    expect((await add('a')).message).toContain('nothing is written over them');
    expect((await store.query({ text: 'SELECT value FROM config' })).rows).toEqual([
      { value: [{ nome: 1 }] },
    ]);
    await one.ask('config.set', { key: 'router.rules', value: [] });
    expect(await add('a')).toMatchObject({ differences: [{ kind: 'added' }] });
  });
});

describe('undo', () => {
  it('takes changes back one after the other, the last one first, and says which', async () => {
    await add('a');
    await add('b');
    await one.ask('rule.edit', { name: 'a', changes: { route: 'task' } });
    expect((await one.ask('rules.list')).undo?.summary).toBe('the rule a was changed (route)');
    expect(await one.ask('rules.undo')).toMatchObject({
      summary: 'undone: the rule a was changed (route)',
      differences: [{ kind: 'changed', name: 'a' }],
    });
    expect(await one.ask('rules.undo')).toMatchObject({ summary: 'undone: the rule b was added' });
    expect(await names()).toEqual(['a']);
    await add('c');
    expect(await one.ask('rules.undo')).toMatchObject({ summary: 'undone: the rule c was added' });
    expect(await one.ask('rules.undo')).toMatchObject({ summary: 'undone: the rule a was added' });
    expect(await one.ask('rules.undo')).toMatchObject({ code: 'CONFLICT' });
    expect(await names()).toEqual([]);
    expect(await readStoredSettings(store)).toEqual([]);
    expect((await one.ask('rules.history')).items.map(({ action }) => action)).toEqual([
      ...['undone', 'undone', 'added', 'undone', 'undone', 'edited', 'added', 'added', 'found'],
    ]);
  });

  it('brings the rules of config.json back, and those of any version', async () => {
    const configFile = join(tempDir(), 'config.json');
    writeFileSync(
      configFile,
      JSON.stringify({ 'router.rules': [{ name: 'mine', source: 'a', route: 'drop' }] }),
    );
    one = daemon(configFile);
    expect((await one.ask('rules.list')).origin).toBe('file');
    await one.ask('rule.remove', { name: 'mine' });
    await add('b');
    expect(await one.ask('rules.undo', { to: 1 })).toMatchObject({
      summary: 'the rules are those of version 1 again',
    });
    expect(await names()).toEqual(['mine']);
    await one.ask('rules.undo');
    expect(await names()).toEqual(['b']);
    await one.ask('rules.undo');
    await one.ask('rules.undo');
    expect((await one.ask('rules.list')).origin).toBe('file');
    expect((await one.ask('rules.undo', { to: 99 })).message).toContain('there is no version 99');
  });

  it('knows of rules that were set as a whole', async () => {
    await add('a');
    await one.ask('config.set', { key: 'router.rules', value: [{ name: 'z', source: 'a', route: 'drop' }] });
    expect(await names()).toEqual(['z']);
    await one.ask('rules.undo');
    expect(await names()).toEqual(['a']);
  });

  it('refuses where the rules came another way since', async () => {
    await add('a');
    await one.ask('config.unset', { key: 'router.rules' });
    expect((await one.ask('rules.undo')).message).toContain('changed another way since');
    await one.ask('rules.undo', { to: 2 });
    expect(await names()).toEqual(['a']);
  });
});

describe('import and export', () => {
  it('go round: what was exported changes nothing, and brings everything back', async () => {
    await add('a', {
      source: ['cron:*', 'fleet:*'],
      fields: { from: '*@x' },
      setPriority: 'LOW',
      about: 'for peace',
    });
    await add('b', {
      category: 'x',
      route: 'task',
      throttle: { count: 3, per: '1h', by: 'source' },
      enabled: false,
    });
    const text = JSON.stringify(await one.ask('rules.export'));
    expect(await one.ask('rules.import', { text })).toMatchObject({ version: null, differences: [] });
    await one.ask('rule.remove', { name: 'a' });
    expect(await one.ask('rules.import', { text, dryRun: true })).toMatchObject({
      dryRun: true,
      version: null,
      differences: [{ kind: 'added', name: 'a', place: 1 }],
      effect: { looked: 0 },
    });
    expect(await names()).toEqual(['b']);
    await one.ask('rules.import', { text });
    expect(JSON.stringify(await one.ask('rules.export'))).toBe(text);
  });

  it('take all or nothing', async () => {
    await add('a');
    const import_ = async (text: string) => (await one.ask('rules.import', { text })).message;
    expect(await import_('{"rules": [')).toContain('the rules are not JSON, so nothing was changed');
    expect(await import_('{"rules": 3}')).toContain('expected a list of rules');
    expect(await import_('{"rulez": []}')).toContain('did you mean rules?');
    expect(await import_('[{"name":"b","name":"c","route":"drop"}]')).toContain(
      'expected it once, got it twice',
    );
    const good = { name: 'b', source: 'x', route: 'drop' };
    expect(await import_(JSON.stringify([good, { ...good, name: 'c', sauce: 'x' }]))).toBe(
      'rule c: a rule has no field "sauce": did you mean source?',
    );
    expect(await import_(JSON.stringify([good, good]))).toContain('expected each name once');
    expect(await names()).toEqual(['a']);
  });

  it('keep the others where they are told to', async () => {
    await add('a');
    await add('b');
    const text = JSON.stringify([
      { name: 'c', source: 'x', route: 'drop' },
      { name: 'b', source: 'y', route: 'task' },
    ]);
    await one.ask('rules.import', { text, merge: true });
    expect(await names()).toEqual(['a', 'b', 'c']);
    expect((await one.ask('rule.get', { name: 'b' })).rule.route).toBe('task');
  });
});

describe('a dry run', () => {
  it('says what a rule would have taken, who takes it today, and shows some', async () => {
    await recorded([
      ...Array.from({ length: 14 }, () => ({ source: 'cron:nas', payload: 'all ok' })),
      { source: 'cron:nas', payload: 'disk full' },
      { source: 'cron:web', category: 'note', payload: 'all ok' },
    ]);
    await add('before', { source: 'cron:web', route: 'drop' });
    const tried = await one.ask('rules.try', {
      rule: { name: 'ok', text: '*ok*', source: 'cron:*', route: 'drop' },
    });
    expect(tried).toMatchObject({
      looked: 16,
      changed: 14,
      rule: {
        name: 'ok',
        taken: 14,
        matched: 15,
        today: [{ rule: 'otherwise', route: 'reflex:record', count: 14 }],
      },
    });
    expect(tried.examples).toHaveLength(5);
    expect(tried.examples[0]).toMatchObject({
      id: 14,
      text: 'all ok',
      today: { rule: 'otherwise' },
      then: { rule: 'ok' },
    });
    expect(await names()).toEqual(['before']);
    const first = await one.ask('rules.try', {
      rule: { name: 'ok', text: '*ok*', source: 'cron:*', route: 'drop' },
      place: 1,
    });
    expect(first.rule).toMatchObject({
      taken: 15,
      today: [{ rule: 'otherwise' }, { rule: 'before', count: 1 }],
    });
  });

  it('counts throttles and quiet hours at the time at which the events came', async () => {
    await recorded(Array.from({ length: 30 }, () => ({ source: 'cron:a', priority: 3 })));
    const rule = { name: 'few', source: 'cron:*', route: 'task', throttle: { count: 2, per: '10m' } };
    expect((await one.ask('rules.try', { rule })).rule).toMatchObject({ taken: 30, throttled: 24 });
    const quiet = { hours: '08:10-09:00', zone: 'UTC' };
    expect(
      (await one.ask('rules.try', { rule: { ...rule, throttle: undefined, quiet } })).rule,
    ).toMatchObject({ held: 20 });
  });

  it('looks at no more than the last thousand, and changes nothing', async () => {
    await store.query({
      text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
             SELECT id, 4, 'a', 'm', 'x', now(), now() + id * interval '1 second', 'drop',
                    CASE id WHEN 1500 THEN 'coalesced' ELSE 'otherwise' END, 'done' FROM generate_series(1, 1500) id`,
    });
    const { looked, rule, examples } = await one.ask('rules.try', {
      rule: { name: 'a', source: 'a', route: 'drop' },
    });
    expect({ looked, taken: rule?.taken }).toEqual({ looked: 1000, taken: 1000 });
    expect(examples[0]?.id).toBe(1499);
    expect((await one.ask('rules.history')).items).toEqual([]);
  });

  it('comes with every change', async () => {
    await recorded([{ source: 'cron:a' }, { source: 'cron:b' }]);
    await add('a', { source: 'cron:a', route: 'drop' });
    const change = await one.ask('rule.edit', { name: 'a', changes: { source: 'cron:*' }, dryRun: true });
    expect(change).toMatchObject({ version: null, dryRun: true, effect: { changed: 1, rule: { taken: 2 } } });
    expect((await one.ask('rule.remove', { name: 'a', dryRun: true })).effect).toMatchObject({
      changed: 1,
      rule: null,
      ways: [{ from: { rule: 'a', route: 'drop' }, to: { rule: 'otherwise' }, count: 1 }],
    });
    expect(await names()).toEqual(['a']);
  });

  it('counts an event whose task only goes to another agent, of those that are known', async () => {
    await recorded([{ source: 'cron:a' }]);
    await add('a', { source: 'cron:a', route: 'task' });
    const change = (agent: string) => one.ask('rule.edit', { name: 'a', changes: { agent }, dryRun: true });
    expect((await change('codex')).effect).toMatchObject({ changed: 1 });
    expect(await change('codec')).toMatchObject({
      code: 'USAGE',
      message: 'rule a, agent: expected claude, codex, gemini, opencode or command',
    });
  });
});

describe('the list', () => {
  it('has how often each rule took an event, stored or not, and what is odd about it', async () => {
    await add('a', { source: 'cron:*', route: 'drop', permissionCategory: 'nothing' });
    const hits = { taken: 3, throttled: 1, held: 0, lowered: 0, lastAt: now.getTime() - 5_000 };
    await addHits(store, new Map([['a', hits]]), new Date(now.getTime() - 86_400_000));
    await addHits(store, new Map([['a', hits]]), now);
    await addHits(store, new Map([['a', hits]]), now);
    one.hits.count([
      { rule: 'a', receivedAt: now.getTime() },
      { rule: 'otherwise', receivedAt: 1 },
    ]);
    const { rules } = await one.ask('rules.list');
    expect(rules[0]).toMatchObject({
      name: 'a',
      place: 1,
      when: 'from cron:*',
      hits: { taken: 10, today: 7, throttled: 3, lastAt: now },
      warnings: ['permissions.byCategory has no entry nothing, so that it changes no permission'],
    });
    expect(rules[0]?.hits.days).toEqual([...Array.from({ length: 12 }, () => 0), 3, 7]);
    expect(rules).toHaveLength(1 + ruleHouse.defaultRules.length);
    expect(rules.at(-1)).toMatchObject({ name: 'otherwise', builtIn: true, place: null, hits: { taken: 1 } });
  });

  it('says of a rule that it is never asked', async () => {
    await add('all', { route: 'task' }, { sure: true });
    await add('never');
    const { rules } = await one.ask('rules.list');
    expect(rules[1]?.warnings).toEqual(['it is never asked: the rule all before it takes everything']);
  });

  it('has the tasks that a rule holds, which the owner may let go on', async () => {
    await add('night', { source: 'cron:*', route: 'task', quiet: { hours: '22:00-07:00', zone: 'UTC' } });
    await recorded([{ source: 'cron:a' }, { source: 'cron:b' }]);
    const until = new Date('2026-11-29T07:00:00Z');
    await store.query({
      text: `INSERT INTO tasks (event_id, priority, source, category, prompt, queued_at, run_after, outcome, reason, held_by)
             SELECT id, 3, 'cron:a', 'x', 'p', $1, $2, 'held', 'held until 07:00', 'night' FROM events`,
      values: [now, until],
    });
    expect((await one.ask('rule.get', { name: 'night' })).holding).toEqual({ count: 2, until });
    expect((await one.ask('rule.remove', { name: 'night' })).notes).toEqual([
      expect.stringMatching(
        /^2 tasks that the rule night holds will go on at 2026-11-29 .*ninjad rules release night/,
      ),
    ]);
    expect(await one.ask('rule.release', { name: 'night' })).toEqual({ released: 2 });
    expect(one.woken).toEqual(['tasks']);
    const { rows } = await store.query({ text: 'SELECT run_after, outcome, reason FROM tasks' });
    expect(rows).toEqual([
      { run_after: now, outcome: null, reason: null },
      { run_after: now, outcome: null, reason: null },
    ]);
    expect((await one.ask('rule.release', { name: 'night' })).code).toBe('CONFLICT');
  });
});

it('compiles what the operations store', async () => {
  await add('a', { source: 'cron:*', throttle: { count: 1, per: '1h' } });
  expect(compileRules(one.settings.get('router.rules')).rules[0]?.limit).toEqual({
    count: 1,
    windowMs: 3_600_000,
    isPerSource: false,
  });
});
