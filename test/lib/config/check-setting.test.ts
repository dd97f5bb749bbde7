import fc from 'fast-check';
import { distance } from 'fastest-levenshtein';
import { describe, expect, it } from 'vitest';
import * as check from '../../../src/lib/config/check-setting.ts';
import { UsageError } from '../../../src/lib/errors.ts';
import { type Settings, settingsSchema } from '../../../src/settings.ts';

const { keys: settingKeys, meta: metaOf, defaults: defaultSettings } = settingsSchema;
const isSettingKey = (key: string) => check.isSettingKey(settingsSchema, key);
const nearestKey = (key: string) => check.nearestKey(settingsSchema, key);
const checkSetting = (key: keyof Settings, value: unknown) => check.checkSetting(settingsSchema, key, value);
const settingFromText = (key: keyof Settings, text: string) =>
  check.settingFromText(settingsSchema, key, text);

describe('settings from text', () => {
  it.each([
    ['port', '8080', 8080],
    ['log.level', 'debug', 'debug'],
    ['agent.path', '/bin/true', '/bin/true'],
    ['agent.path', 'null', null],
    ['spend.dailyUsd', '2.50', 2.5],
    ['mailbox.coalesce', '["a","b"]', ['a', 'b']],
    ['task.timeoutMsByCategory', '{"backup":1800000}', { backup: 1_800_000 }],
  ] as const)('reads %s from %s', (key, text, value) => {
    expect(settingFromText(key, text)).toEqual(value);
  });

  it('reads back every default from its JSON', () => {
    const defaults = defaultSettings();
    for (const key of settingKeys)
      expect(settingFromText(key, JSON.stringify(defaults[key]))).toEqual(defaults[key]);
  });
});

describe('checking', () => {
  it.each([
    ['task.timeoutMsByCategory', '{"__proto__":1000}'],
    ['permissions.byCategory', '{"backup":{"__proto__":{"allow":["Bash"]}}}'],
    ['router.rules', '[{"__proto__":{"route":"drop"}}]'],
  ] as const)('refuses in %s what would be forgotten: %s', (key, text) => {
    expect(() => settingFromText(key, text)).toThrow(/__proto__ cannot be the name/);
    expect(() => checkSetting(key, JSON.parse(text))).toThrow(UsageError);
  });

  it('gives a checked value or a refusal for whatever comes, never another error', () => {
    fc.assert(
      fc.property(fc.constantFrom(...settingKeys), fc.anything(), (key, value) => {
        try {
          checkSetting(key, value);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(UsageError);
          expect((thrown as Error).message.length).toBeLessThan(1000);
        }
      }),
    );
  });

  it('finds a setting behind one slip of the finger, as near as the one that was meant', () => {
    fc.assert(
      fc.property(fc.constantFrom(...settingKeys), fc.nat(), (key, seed) => {
        const at = seed % key.length;
        const slip = key.slice(0, at) + key.slice(at + 1);
        // Between agent.path and agent.paths there are words that are one slip away from both.
        if (!isSettingKey(slip)) expect(distance(nearestKey(slip), slip)).toBe(1);
      }),
    );
  });

  it('has every setting documented in a sentence with its unit in the name', () => {
    for (const key of settingKeys) {
      expect(metaOf(key).description, key).toMatch(/[.)]$/);
      expect(metaOf(key).expects, key).not.toBe('');
      if (metaOf(key).expects.includes('milliseconds from')) expect(key).toMatch(/Ms$/);
    }
  });
});
