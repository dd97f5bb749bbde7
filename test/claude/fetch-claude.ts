import { type FetchedProgram, fetchProgram, type PinnedProgram } from '../helpers/fetch-program.ts';

/** The version that this suite was written against. Another one may say things differently: that is what it is for. */
export const claudeVersion = '2.1.330';

const platforms = [`${process.platform}-${process.arch}`, `${process.platform}-${process.arch}-musl`];

/** The pinned CLI; the package for this platform carries the program. */
export const pinnedClaude: PinnedProgram = {
  name: 'claude-code',
  version: claudeVersion,
  spec: `@anthropic-ai/claude-code@${claudeVersion}`,
  paths: platforms.map((platform) => `node_modules/@anthropic-ai/claude-code-${platform}/claude`),
};

/** The same, from the cache or from the registry. */
export function fetchClaude(): Promise<FetchedProgram> {
  return fetchProgram(pinnedClaude);
}
