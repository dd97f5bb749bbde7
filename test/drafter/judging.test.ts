import { describe, expect, it } from 'vitest';
import { failingNames } from '../../src/drafter/checks/failing-names.ts';
import { splitPatch } from '../../src/drafter/checks/split-patch.ts';
import { pathMatcher } from '../../src/drafter/globs.ts';
import { createFlagger, defaultTestPaths } from '../../src/drafter/guarded.ts';

describe('patterns of paths', () => {
  it.each([
    ['test/**', 'test/a/b.ts', true],
    ['test/**', 'src/test/a.ts', false],
    ['*.test.*', 'src/deep/a.test.ts', true],
    ['src/*.ts', 'src/a/b.ts', false],
    ['**/x/**', 'x/a', true],
    ['{a,b}.js', 'c/b.js', true],
    ['a+(b)', 'a+(b)', true],
    ['a?c', 'a/c', false],
  ])('%s and %s: %s', (pattern, path, matches) => {
    expect(pathMatcher([pattern])(path)).toBe(matches);
  });
});

describe('flags of a file', () => {
  const { flagsOf } = createFlagger(defaultTestPaths, ['docs/**']);
  const flags = (path: string, newMode = '100644', status: 'changed' | 'added' = 'changed') =>
    flagsOf({ path, status, additions: 1, deletions: 0, oldMode: '100644', newMode });
  it.each([
    ['test/a.ts', ['changes a test']],
    ['.github/workflows/ci.yml', ['touches CI']],
    ['src/drafter/probe/plant.ts', ['touches the sandbox']],
    ['src/spend/ledger.ts', ['touches budgets']],
    ['src/findings/look.ts', ['touches detectors']],
    ['package.json', ['touches how tests run']],
    ['CLAUDE.md', ["touches the agent's instructions"]],
    ['docs/a.md', ['touches a guarded path']],
    ['src/a.ts', []],
  ])('%s: %j', (path, expected) => {
    expect(flags(path)).toEqual(expected);
  });
  it('tell new tests, links and programs', () => {
    expect(flags('test/b.ts', '100644', 'added')).toEqual(['new test']);
    expect(flags('x', '120000')).toEqual(['symbolic link']);
    expect(flags('x', '100755')).toEqual(['becomes executable']);
  });
});

describe('names of failing tests', () => {
  it.each([
    ['not ok 3 - adds # time=2ms', 'adds'],
    ['    not ok 1 - inner', 'inner'],
    ['FAILED tests/test_a.py::test_b - assert 1 == 2', 'tests/test_a.py::test_b'],
    ['FAIL: test_x (mod.Case)', 'test_x (mod.Case)'],
    ['    --- FAIL: TestAdd/zero (0.00s)', 'TestAdd/zero'],
    ['test a::b ... FAILED', 'a::b'],
    [' FAIL  test/a.test.ts > adds', 'test/a.test.ts > adds'],
    ['\u001b[31m  ✖ takes away (3.5ms)\u001b[0m', 'takes away'],
  ])('%s', (line, name) => {
    expect(failingNames(`ok 1 - fine\n${line}\n${line}\nnot ok 9 - later # TODO\n`)).toEqual([name]);
  });
});

describe('a patch by its files', () => {
  it('is not cut by lines of the files themselves', () => {
    const parts = [
      'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+diff --git a/b b/b\u2028diff --git c\n',
      'diff --git a/c b/c\ndeleted file mode 100644\n',
    ];
    expect(splitPatch(parts.join(''))).toEqual(parts);
    expect(splitPatch('')).toEqual([]);
  });
});
