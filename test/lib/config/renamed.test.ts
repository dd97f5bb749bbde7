import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkConfig } from '../../../src/lib/config/doctor.ts';
import { createLiveSettings } from '../../../src/lib/config/live-settings.ts';
import { homePaths } from '../../../src/lib/config/paths.ts';
import { createSettingsSchema } from '../../../src/lib/config/schema.ts';
import { setting, wholeNumber } from '../../../src/lib/config/setting.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const declared = {
  'pot.cups': setting(wholeNumber(1, 20), 2, { description: 'How many cups.', hot: true }),
};
const schema = createSettingsSchema(declared, [], { 'kettle.cups': 'pot.cups', cups: 'pot.cups' });

function read(config: unknown) {
  const paths = homePaths(tempDir());
  writeFileSync(join(paths.home, 'config.json'), JSON.stringify(config));
  return { paths, settings: createLiveSettings(schema, { configFile: paths.configFile, env: {} }) };
}

it.each([[{ 'kettle.cups': 5 }], [{ kettle: { cups: 5 } }], [{ cups: 5 }]])(
  'reads %j under the present name, and says that it was renamed',
  (config) => {
    const { paths, settings } = read(config);
    expect(settings.get('pot.cups')).toBe(5);
    expect(settings.view('pot.cups').origin).toBe('file');
    const [{ old, name } = { old: '', name: '' }] = settings.renamed();
    expect(name).toBe('pot.cups');
    expect(checkConfig({ paths, settings })).toMatchObject({
      verdict: 'warn',
      found: `in ${paths.configFile}: ${old} is called pot.cups now`,
    });
  },
);

it('checks the value, and refuses both names at once', () => {
  expect(() => read({ 'kettle.cups': 50 })).toThrow(
    /pot.cups in .*: expected a whole number from 1 to 20, got 50/,
  );
  expect(() => read({ 'kettle.cups': 5, pot: { cups: 6 } })).toThrow(/pot.cups in .*twice/);
  expect(() => read({ 'kettle.mugs': 5 })).toThrow(/unknown setting kettle.mugs/);
});

it('takes the name of before also at run time, and from the table', () => {
  const { settings } = read({});
  expect(settings.check('kettle.cups', 3)).toEqual({ key: 'pot.cups', value: 3 });
  expect(settings.view('cups').key).toBe('pot.cups');
  expect(settings.applyStored([{ key: 'kettle.cups', value: 7 }])).toEqual([]);
  expect(settings.get('pot.cups')).toBe(7);
  expect(settings.renamed()).toEqual([]);
});
