import fc from 'fast-check';
import { expect, it } from 'vitest';
import { duplicateKeys } from '../../../src/lib/config/duplicate-keys.ts';

it('finds keys that one object has twice, however deep and however they are spelt', () => {
  expect(duplicateKeys('{"port": 1, "port": 2}')).toEqual(['port']);
  expect(
    duplicateKeys('{"task": {"timeoutMs": 1, "timeoutMs": 2}, "a": [{"b": 1}, {"b": 2, "b": 3}]}'),
  ).toEqual(['task.timeoutMs', 'a.b']);
  expect(duplicateKeys(String.raw`{"port": 1, "\u0070ort": 2}`)).toEqual(['port']);
  expect(duplicateKeys('{"a": {"x": ": , {"}, "b": {"x": "a"}, "c": ["a", "a"]}')).toEqual([]);
});

it('finds none in what was written by JSON.stringify', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(duplicateKeys(JSON.stringify(JSON.parse(text)))).toEqual([]);
    }),
  );
});
