import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { settingsSchema } from '../../src/settings.ts';

/** Every `…Settings` object that a concern or a room of lib exports. */
async function declared(): Promise<object[]> {
  const files = readdirSync(packagePath('src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\/(?:[\w-]+-)?settings\.ts$/.test(file),
  );
  const modules = await Promise.all(
    files.map(async (file) => (await import(packagePath('src', file))) as Record<string, unknown>),
  );
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) =>
      name.endsWith('Settings') && typeof value === 'object' && value !== null ? [value] : [],
    ),
  );
}

describe('settings of the concerns', () => {
  it('are all in the one list, each declared once', async () => {
    const names = (await declared()).flatMap((settings) => Object.keys(settings));
    expect(names.toSorted()).toEqual(settingsSchema.keys.toSorted());
    expect(new Set(names).size).toBe(names.length);
  });
});
