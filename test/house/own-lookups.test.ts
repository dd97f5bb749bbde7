import { ESLint } from 'eslint';
import { expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';

/** The lines of a source file in which the lint rule finds something. */
async function linesFoundIn(code: string): Promise<number[]> {
  const projectService = { allowDefaultProject: ['src/*.ts'] };
  const eslint = new ESLint({
    cwd: packagePath(),
    overrideConfig: { languageOptions: { parserOptions: { projectService } } },
  });
  // The file is not there, so that nobody who lists the sources meets it.
  const [result] = await eslint.lintText(code, { filePath: packagePath('src', 'lint-trial.ts') });
  expect(result?.messages.filter(({ fatal }) => fatal)).toEqual([]);
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId === 'local/own-lookups')
    .map(({ line }) => line);
}

it('lint forbids lookups by which a key from outside finds what every object inherits', async () => {
  const code = `
export const limits: Readonly<Record<string, number>> = { backup: 1 };
export const byWord: Readonly<Record<'a' | 'b', number>> = { a: 1, b: 2 };
export const bad = (key: string) => limits[key];
export const worse = (key: string) => key in limits;
export const guarded = (key: string) => (Object.hasOwn(limits, key) ? limits[key] : undefined);
export const known = (key: 'a' | 'b') => byWord[key];
export const literal = limits['backup'];
export const listed = (list: readonly number[], at: number) => list[at];
`;
  expect(await linesFoundIn(code)).toEqual([4, 5]);
});
