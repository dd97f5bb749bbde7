import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSettings } from '../../../src/settings.ts';
import { UsageError } from '../../../src/lib/errors.ts';

let folder: string;
let configFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninjad-config-'));
  configFile = join(folder, 'config.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function settingsOf(file: unknown, env: Record<string, string> = {}) {
  if (file !== undefined) writeFileSync(configFile, typeof file === 'string' ? file : JSON.stringify(file));
  return createSettings({ configFile, env });
}

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(UsageError);
    return (thrown as UsageError).message;
  }
  throw new Error('expected a refusal');
}

describe('where settings come from', () => {
  it('uses the documented defaults where nobody says otherwise', () => {
    const settings = settingsOf(undefined);
    expect(settings.get('port')).toBe(7717);
    expect(settings.get('task.timeoutMs')).toBe(660_000);
    expect(settings.get('task.killGraceMs')).toBe(5000);
    expect(settings.get('database.url')).toBeNull();
    expect(settings.get('mailbox.coalesce')).toEqual(['heartbeat']);
    expect(settings.get('journal.segmentBytes')).toBe(16_777_216);
    expect(settings.get('spend.dailyUsd')).toBeNull();
    expect(new Set(settings.views().map(({ origin }) => origin))).toEqual(new Set(['default']));
  });

  it('reads a config.json that begins with a byte order mark, and refuses one that says a thing twice', () => {
    expect(settingsOf('\uFEFF{"port": 1234}').get('port')).toBe(1234);
    expect(
      refusal(() => settingsOf('{"port": 1, "task": {"timeoutMs": 5000, "timeoutMs": 6000}, "port": 2}')),
    ).toMatch(
      /^task\.timeoutMs in .*: expected it once, got it twice\nport in .*: expected it once, got it twice$/,
    );
    expect(refusal(() => settingsOf('{"task.timeoutMsByCategory": {"a": 5000, "a": 6000}}'))).toMatch(
      /^task.timeoutMsByCategory.a in/,
    );
  });

  it('takes dotted names and nested objects of config.json alike', () => {
    const settings = settingsOf({ 'mailbox.ageingMs': 30_000, task: { timeoutMs: 1000, killGraceMs: 7 } });
    expect(settings.get('mailbox.ageingMs')).toBe(30_000);
    expect(settings.get('task.timeoutMs')).toBe(1000);
    expect(settings.get('task.killGraceMs')).toBe(7);
    expect(settings.view('task.killGraceMs').origin).toBe('file');
  });

  it('lets the table win over the file and the environment win over both', () => {
    const settings = settingsOf(
      { task: { timeoutMs: 1000, maxAttempts: 2, killGraceMs: 1 } },
      { NINJAD_TASK_TIMEOUT_MS: '4000' },
    );
    const refused = settings.applyStored([
      { key: 'task.timeoutMs', value: 3000 },
      { key: 'task.maxAttempts', value: 5 },
    ]);
    expect(refused).toEqual([]);
    const seen = ['task.timeoutMs', 'task.maxAttempts', 'task.killGraceMs', 'task.retryMinMs']
      .map((key) => settings.view(key))
      .map(({ value, origin }) => [value, origin]);
    expect(seen).toEqual([
      [4000, 'environment'],
      [5, 'table'],
      [1, 'file'],
      [5000, 'default'],
    ]);
  });

  it('goes back to the layer below when a row leaves the table', () => {
    const settings = settingsOf({ 'log.level': 'warn' });
    settings.applyStored([{ key: 'log.level', value: 'debug' }]);
    expect(settings.get('log.level')).toBe('debug');
    settings.applyStored([]);
    expect(settings.get('log.level')).toBe('warn');
  });

  it('reads every variable of the contract and counts an empty one as not set', () => {
    const settings = settingsOf(undefined, {
      NINJAD_PORT: '0',
      DATABASE_URL: 'postgres://me@db.example/ninjad',
      NINJAD_AGENT: '/opt/claude',
      NINJAD_TASK_TIMEOUT_MS: '2000',
      NINJAD_KILL_GRACE_MS: '',
    });
    expect(settings.get('port')).toBe(0);
    expect(settings.get('database.url')).toBe('postgres://me@db.example/ninjad');
    expect(settings.get('agent.path')).toBe('/opt/claude');
    expect(settings.get('task.timeoutMs')).toBe(2000);
    expect(settings.get('task.killGraceMs')).toBe(5000);
  });

  it('never shows the password of the database', () => {
    const settings = settingsOf(undefined, { DATABASE_URL: 'postgres://me:hunter2@db/n?password=hunter2' });
    expect(settings.get('database.url')).toContain('hunter2');
    expect(JSON.stringify(settings.views())).not.toContain('hunter2');
    expect(settings.view('database.url').value).toBe('postgres://me:***@db/n?password=***');
  });
});

describe('refusals', () => {
  it('names the nearest setting for an unknown key of config.json', () => {
    expect(refusal(() => settingsOf({ mailbox: { agingMs: 1000 } }))).toBe(
      `unknown setting mailbox.agingMs in ${configFile}: did you mean mailbox.ageingMs?`,
    );
    expect(refusal(() => settingsOf({ TASK: { timeoutms: 1000 } }))).toContain('did you mean');
    expect(refusal(() => settingsOf({ Port: 1 }))).toContain('did you mean port?');
  });

  it('reports every problem of the file at once, each with its key, what was expected and what came', () => {
    const message = refusal(() =>
      settingsOf({
        port: 'high',
        task: { timeoutMs: 1.5, timeoutMsByCategory: { backup: 'long' } },
        lanes: 3,
      }),
    );
    expect(message.split('\n')).toEqual([
      `port in ${configFile}: expected a whole number from 0 to 65535, got "high"`,
      `task.timeoutMs in ${configFile}: expected a whole number of milliseconds from 1000 to 2592000000, got 1.5`,
      `task.timeoutMsByCategory["backup"] in ${configFile}: Invalid input: expected number, received string`,
      `lanes in ${configFile}: expected an object of settings such as lanes.total`,
    ]);
  });

  it.each([
    ['{', 'is not JSON'],
    ['[]', 'expected one JSON object'],
    ['null', 'expected one JSON object'],
    ['{"port": 1, "port.x": 2}', 'unknown setting port.x'],
    ['{"task.timeoutMs": 1000, "task": {"timeoutMs": 2000}}', 'expected it once, got it twice'],
    ['{"__proto__": {"port": 1}}', 'unknown setting __proto__'],
    ['{"port": null}', 'expected a whole number from 0 to 65535, got null'],
    ['{"database.url": "mysql://x"}', 'expected an address such as postgres://'],
    ['{"agent.path": "claude"}', 'expected an absolute path, or null, got "claude"'],
    ['{"router.rules": [{"name": "x", "route": "reflex"}]}', 'router.rules[0]["route"] in '],
    ['{"log.level": "loud"}', 'expected one of fatal, error, warn, info'],
  ])('refuses a config.json of %s', (text, expected) => {
    expect(refusal(() => settingsOf(text))).toContain(expected);
  });

  it('names the variable of a bad environment value', () => {
    expect(refusal(() => settingsOf(undefined, { NINJAD_PORT: 'http' }))).toBe(
      'port in NINJAD_PORT: expected a whole number from 0 to 65535, got "http"',
    );
  });

  it('keeps a secret out of the refusal of its value', () => {
    expect(refusal(() => settingsOf({ 'database.url': 'me:hunter2@db' }))).not.toContain('hunter2');
  });

  it('refuses lanes that leave none for others, and a journal of less than two segments', () => {
    expect(refusal(() => settingsOf({ lanes: { total: 2, reservedForHuman: 2 } }))).toBe(
      'lanes.reservedForHuman: expected less than lanes.total (2), got 2',
    );
    expect(refusal(() => settingsOf({ journal: { maxBytes: 16_777_216 } }))).toContain(
      'at least two segments',
    );
  });
});

describe('changes at run time', () => {
  it('lets a good change of a hot setting through', () => {
    expect(settingsOf(undefined).check('task.maxAttempts', 5)).toEqual({ key: 'task.maxAttempts', value: 5 });
  });

  it.each([
    ['port', 8080, 'port cannot change while the daemon runs: set it in config.json and restart'],
    ['task.maxatempts', 5, 'unknown setting task.maxatempts: did you mean task.maxAttempts?'],
    ['task.maxAttempts', 'five', 'task.maxAttempts: expected a whole number from 1 to 20, got "five"'],
    ['task.maxAttempts', undefined, 'task.maxAttempts: expected a whole number from 1 to 20, got nothing'],
    ['lanes.reservedForHuman', 3, 'lanes.reservedForHuman: expected less than lanes.total (3), got 3'],
  ])('refuses %s = %j', (key, value, message) => {
    expect(refusal(() => settingsOf(undefined).check(key, value))).toBe(message);
  });

  it('refuses to take back a value that another one needs', () => {
    const settings = settingsOf(undefined);
    settings.applyStored([
      { key: 'lanes.total', value: 6 },
      { key: 'lanes.reservedForHuman', value: 4 },
    ]);
    expect(refusal(() => settings.checkUnset('lanes.total'))).toContain(
      'expected less than lanes.total (3), got 4',
    );
    expect(settings.checkUnset('lanes.reservedForHuman')).toBe('lanes.reservedForHuman');
  });

  it('skips rows that it cannot use, says so, lets them be taken back, and uses the rest', () => {
    const settings = settingsOf(undefined);
    const refused = settings.applyStored([
      { key: 'from.the.future', value: 1 },
      { key: 'port', value: 1 },
      { key: 'task.maxAttempts', value: 'many' },
      { key: 'lanes.total', value: 1 },
      { key: 'spend.dailyUsd', value: 2.5 },
    ]);
    expect(refused).toHaveLength(4);
    expect(refused.join('\n')).toContain('unknown setting from.the.future');
    expect(settings.get('lanes.total')).toBe(3);
    expect(settings.get('spend.dailyUsd')).toBe(2.5);
    expect(settings.checkUnset('from.the.future')).toBe('from.the.future');
    expect(refusal(() => settings.checkUnset('from.the.past'))).toContain('unknown setting');
  });

  it('tells listeners which values changed, and only those', () => {
    const settings = settingsOf(undefined, { NINJAD_TASK_TIMEOUT_MS: '4000' });
    const heard: (readonly string[])[] = [];
    const stop = settings.onChange((keys) => heard.push(keys));
    settings.applyStored([
      { key: 'task.timeoutMs', value: 9000 },
      { key: 'log.level', value: 'debug' },
      { key: 'mailbox.coalesce', value: ['heartbeat'] },
    ]);
    settings.applyStored([{ key: 'log.level', value: 'debug' }]);
    stop();
    settings.applyStored([]);
    expect(heard).toEqual([['log.level']]);
  });

  it('hands out values that cannot be changed by accident', () => {
    const coalesce = settingsOf({ mailbox: { coalesce: ['tick'] } }).get('mailbox.coalesce') as string[];
    expect(() => coalesce.push('tock')).toThrow(TypeError);
  });
});
