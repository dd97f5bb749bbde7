import type { PatchedFile } from './git/take-patch.ts';
import { pathMatcher } from './globs.ts';

/** Paths of tests, for repositories of many kinds. */
export const defaultTestPaths: readonly string[] = [
  'test/**',
  'tests/**',
  'spec/**',
  '**/__tests__/**',
  '**/__snapshots__/**',
  '**/testdata/**',
  '*.test.*',
  '*.spec.*',
  '*_test.*',
  'test_*.py',
  'conftest.py',
];

/** What decides whether tests, sandbox and budgets mean anything; each kind of path under its flag. */
const guards: readonly { flag: string; paths: readonly string[] }[] = [
  {
    flag: 'CI',
    paths: [
      '.github/**',
      '.gitlab-ci.yml',
      '.circleci/**',
      '.ci/**',
      '.travis.yml',
      'Jenkinsfile',
      '.husky/**',
      '.pre-commit-config.yaml',
    ],
  },
  {
    flag: 'how tests run',
    paths: [
      'package.json',
      'vitest.config.*',
      'jest.config.*',
      '.mocharc.*',
      'tox.ini',
      'pytest.ini',
      'noxfile.py',
      'Makefile',
      'justfile',
      'tsconfig*.json',
      'eslint.config.*',
      '.eslintrc*',
    ],
  },
  {
    flag: 'dependencies',
    paths: [
      'package-lock.json',
      'npm-shrinkwrap.json',
      'yarn.lock',
      'pnpm-lock.yaml',
      'requirements*.txt',
      'poetry.lock',
      'Cargo.lock',
      'go.sum',
      '.npmrc',
    ],
  },
  { flag: 'the sandbox', paths: ['src/drafter/**', 'actors/drafter/**', 'machines/drafter/**'] },
  { flag: 'budgets', paths: ['src/spend/**', 'actors/spend/**', 'machines/spend/**'] },
  { flag: 'detectors', paths: ['src/findings/**', 'actors/findings/**'] },
  { flag: 'permissions', paths: ['src/tasks/permissions/**', 'src/lib/wire/trust.ts', 'src/lib/process/**'] },
  {
    flag: "the agent's instructions",
    paths: ['CLAUDE.md', 'AGENTS.md', '.claude/**', '.mcp.json', '.cursorrules'],
  },
  { flag: 'git itself', paths: ['.gitattributes', '.gitmodules', '.gitignore'] },
];

/** A judge of files of a patch. */
export interface Flagger {
  isTest: (path: string) => boolean;
  /** What of the file wants a second look, in a few words each. */
  flagsOf: (file: PatchedFile) => string[];
}

/** Judges files of a patch. `guardedPaths` are the owner's own, beside those that are always guarded. */
export function createFlagger(testPaths: readonly string[], guardedPaths: readonly string[]): Flagger {
  const isTest = pathMatcher(testPaths);
  const isGuarded = pathMatcher(guardedPaths);
  const kinds = guards.map(({ flag, paths }) => ({ flag, matches: pathMatcher(paths) }));
  return {
    isTest,
    flagsOf: ({ path, status, oldMode, newMode }: PatchedFile) => {
      const test = isTest(path) ? [status === 'added' ? 'new test' : 'changes a test'] : [];
      return [
        ...test,
        ...kinds.filter(({ matches }) => matches(path)).map(({ flag }) => `touches ${flag}`),
        ...(isGuarded(path) ? ['touches a guarded path'] : []),
        ...(newMode === '120000' ? ['symbolic link'] : []),
        ...(newMode === '100755' && oldMode !== '100755' ? ['becomes executable'] : []),
      ];
    },
  };
}
