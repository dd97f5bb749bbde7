import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';

const folder = packagePath('public', 'css', 'panels');

it('gives each panel classes of its own, since all styles travel together', () => {
  const owners = new Map<string, string[]>();
  for (const file of readdirSync(folder)) {
    const rules = readFileSync(`${folder}/${file}`, 'utf8').replaceAll(/\/\*.*?\*\//gs, '');
    const alone = [...rules.matchAll(/(?:^|[{},])\s*(\.[a-z][a-z-]*)\s*(?=[{,])/g)].map(
      ([, name]) => name ?? '',
    );
    for (const name of new Set(alone)) owners.set(name, [...(owners.get(name) ?? []), file]);
  }
  expect(owners.size).toBeGreaterThan(100);
  expect([...owners].filter(([, files]) => files.length > 1)).toEqual([]);
});
