import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { detectors } from '../../src/findings/detectors/all.ts';
import { packagePath } from '../../src/lib/package-root.ts';

it('README has every detector with what it finds and its thresholds', () => {
  const readme = readFileSync(packagePath('README.md'), 'utf8');
  const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  for (const { kind, says, thresholds } of detectors) {
    const from = Object.entries(thresholds).map(([name, { value }]) => `\`${name}\` ${value}`);
    expect(rows.find(([, name]) => name === `\`${kind}\``)).toEqual([
      '',
      `\`${kind}\``,
      says,
      from.join(', '),
      '',
    ]);
  }
});
