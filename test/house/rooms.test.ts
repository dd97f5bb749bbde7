import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { figures, largestKnot, mutualPairs, sourceFiles } from './measure.ts';

const read = (...path: string[]) => readFileSync(packagePath(...path), 'utf8');

it('stand in src/README.md in the order that the import checker holds', () => {
  const checked = /const rooms = \[([^\]]+)\]/.exec(read('.dependency-cruiser.cjs'))?.[1] ?? '';
  const told = /^> (`lib` < .*)$/m.exec(read('src', 'README.md'))?.[1] ?? '';
  const rooms = [...checked.matchAll(/'([a-z]+)'/g)].map(([, room]) => room);
  expect(told.split(' < ')).toEqual(rooms.map((room) => `\`${String(room)}\``));
});

it('are all named in the README', () => {
  const readme = read('README.md');
  const rooms = new Set(
    sourceFiles(['src']).flatMap((path) => {
      const [, room = '', inner = ''] = path.split('/');
      return room.includes('.') ? [] : [room, ...(room === 'lib' && !inner.includes('.') ? [inner] : [])];
    }),
  );
  expect(rooms.size).toBeGreaterThan(25);
  expect([...rooms].filter((room) => !readme.includes(`${room}/`))).toEqual([]);
});

it.each(Object.entries(figures()))('have at most so many %s', (_, { found, atMost }) => {
  expect(found.length, found.join('\n')).toBeLessThanOrEqual(atMost);
});

describe('the count of rooms', () => {
  const arrow = (from: string, to: string, isType = false) => ({
    from: `src/${from}/x.ts`,
    to: `src/${to}/y.ts`,
    isType,
  });

  it('sees pairs and knots of values, and lets types and the roof pass', () => {
    const arrows = [
      arrow('a', 'b'),
      arrow('b', 'a'),
      arrow('b', 'c'),
      arrow('c', 'a'),
      arrow('c', 'd'),
      arrow('d', 'c', true),
      { from: 'src/roof.ts', to: 'src/a/y.ts', isType: false },
    ];
    expect(mutualPairs(arrows)).toEqual(['a ↔ b']);
    expect(largestKnot(arrows).sort()).toEqual(['a', 'b', 'c']);
  });
});
