import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as reference from '../../../src/lib/config/reference.ts';
import { settingsSchema } from '../../../src/settings.ts';

const settingKeys = settingsSchema.keys;
const settingsTable = () => reference.settingsTable(settingsSchema);
const withSettingsTable = (readme: string) => reference.withSettingsTable(settingsSchema, readme);

describe('table of settings', () => {
  it('has one row a setting, with as many cells as the header', () => {
    const rows = settingsTable().split('\n');
    expect(rows).toHaveLength(settingKeys.length + 2);
    for (const row of rows) expect(row.split(/(?<!\\)\|/), row).toHaveLength(7);
    expect(settingsTable()).toContain('| `port` | `7717` | `NINJAD_PORT` |  | TCP port');
  });

  it('replaces only what lies between the markers, the same when done twice', () => {
    const readme = 'before\n<!-- settings:begin -->\nold\n<!-- settings:end -->\nafter\n';
    const written = withSettingsTable(readme);
    expect(
      written.startsWith('before\n<!-- settings:begin -->\n\n<!-- prettier-ignore -->\n| setting |'),
    ).toBe(true);
    expect(written.endsWith('\n\n<!-- settings:end -->\nafter\n')).toBe(true);
    expect(written).not.toContain('what stood there');
    expect(withSettingsTable(written)).toBe(written);
  });

  it('refuses a README without the markers', () => {
    expect(() => withSettingsTable('# ninjad')).toThrow('expected <!-- settings:begin -->');
  });

  it('is up to date in README.md (npm run config:docs writes it)', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    expect(readme).toBe(withSettingsTable(readme));
  });
});
