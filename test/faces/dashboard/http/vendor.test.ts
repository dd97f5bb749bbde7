import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { vendorNames, vendorPath } from '../../../../src/faces/dashboard/http/vendor.ts';

describe('the libraries of the pages', () => {
  it.each(vendorNames())('%s is a file of an installed package', (name) => {
    expect(statSync(String(vendorPath(name))).size).toBeGreaterThan(500);
  });

  it('import nothing by a bare name, which a page without an import map could not resolve', () => {
    for (const name of vendorNames().filter((file) => file.endsWith('.js'))) {
      const source = readFileSync(String(vendorPath(name)), 'utf8');
      expect(source, name).not.toMatch(/^\s*import\s[^;(]*from\s*["'](?![./])/m);
    }
  });

  it('are only those on the list', () => {
    expect(vendorPath('../package.json')).toBeUndefined();
    expect(vendorPath('constructor')).toBeUndefined();
  });
});
