import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entityName } from '../../../src/graph/extract/canonical.ts';
import { type EntityKind, entityKinds } from '../../../src/graph/extract/extraction.ts';

const keyOf = (kind: EntityKind, text: string) => entityName(kind, text)?.key;
const anyKind = fc.constantFrom(...entityKinds);
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[A-Z][a-zé]{1,8}( [A-Z][a-z]{1,8}){0,2}$/),
);

describe('the key of a name', () => {
  it.each<[EntityKind, string, string]>([
    ['person', 'Dr. Anna Schmidt', 'anna schmidt'],
    ['person', 'BOB MILLER’s', 'Bob Miller'],
    ['person', 'María González', 'Maria Gonzalez'],
    ['person', '"Bob  Miller",', 'Bob Miller'],
    ['organisation', 'Deutsche Telekom AG', 'deutsche telekom'],
    ['organisation', 'Acme, Inc.', 'ACME'],
    ['place', 'São Paulo', 'Sao Paulo.'],
    ['host', 'www.Example.org.', 'example.org'],
    ['host', 'WEB-01', 'web-01'],
    ['service', 'nginx.service', 'NGINX'],
    ['repository', 'Acme/Webshop.git', 'acme/webshop'],
    ['url', 'HTTPS://user:secret@WWW.example.org:443/a/?token=1#x', 'http://example.org/a'],
    ['ip', '2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['version', 'v1.2.3', '1.2.3'],
    ['email', 'Bob@Example.org', 'bob@example.org'],
  ])('is the same for a %s written %s and %s', (kind, one, other) => {
    expect(keyOf(kind, one)).toBeDefined();
    expect(keyOf(kind, one)).toBe(keyOf(kind, other));
  });

  it.each<[EntityKind, string, string]>([
    ['person', 'Bob Miller', 'Bob'],
    ['host', 'web-01', 'web-1'],
    ['host', 'web-01', 'web-01.example.org'],
    ['url', 'https://example.org/A', 'https://example.org/a'],
    ['version', '1.2.3', '1.2.30'],
  ])('tells apart a %s called %s and one called %s', (kind, one, other) => {
    expect(keyOf(kind, one)).not.toBe(keyOf(kind, other));
  });

  it('is of what is left when everything that may go has gone, however often it is there', () => {
    expect(keyOf('service', 'backup.service.service')).toBe('backup');
    expect(keyOf('host', 'www.www.example.org')).toBe('example.org');
    expect(keyOf('person', "Bob's's")).toBe('bob');
  });

  it('is none for an address without a host', () => {
    expect(['A:@', 'mailto:bob@example.org', 'file:///etc/passwd'].map((text) => keyOf('url', text))).toEqual(
      [undefined, undefined, undefined],
    );
  });

  it('keeps no secret of a URL', () => {
    const name = entityName('url', 'https://user:secret@example.org/a?token=secret#secret');
    expect(JSON.stringify(name)).not.toContain('secret');
  });

  it('is that of the shown name too: reading a name again changes nothing', () => {
    fc.assert(
      fc.property(anyKind, anyText, (kind, text) => {
        const first = entityName(kind, text);
        if (first === undefined) return;
        const again = entityName(kind, first.name);
        expect(again).toEqual(first);
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not depend on case, quotes and blanks around it, or a possessive', () => {
    const name = fc.stringMatching(/^[A-Z][a-zé]{2,8}( [A-Z][a-z]{2,8}){0,2}$/);
    fc.assert(
      fc.property(name, fc.constantFrom('person', 'organisation', 'place', 'other'), (text, kind) => {
        const key = keyOf(kind, text);
        for (const variant of [text.toUpperCase(), `  "${text}", `, `${text}'s`, text.normalize('NFD')])
          expect(keyOf(kind, variant)).toBe(key);
      }),
    );
  });

  it('never comes of nothing, and is bounded', () => {
    fc.assert(
      fc.property(anyKind, anyText, (kind, text) => {
        const name = entityName(kind, text);
        if (name === undefined) return;
        expect(name.key).not.toBe('');
        expect(name.name.trim()).not.toBe('');
        expect(Math.max(name.key.length, name.name.length)).toBeLessThanOrEqual(200);
      }),
    );
    expect(entityName('person', 'x'.repeat(5_000_000))).toBeUndefined();
    expect(entityName('person', ' .,;"')).toBeUndefined();
    expect(entityName('url', 'no url')).toBeUndefined();
  });
});
