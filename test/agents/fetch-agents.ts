import { pinnedClaude } from '../claude/fetch-claude.ts';
import { type FetchedProgram, fetchProgram, type PinnedProgram } from '../helpers/fetch-program.ts';

/** The agents that this suite runs. */
export const agentNames = ['claude', 'codex', 'gemini', 'opencode'] as const;

export type AgentName = (typeof agentNames)[number];

const { platform, arch } = process;
/** Codex's programs lie below the triple that Rust gives a platform. */
const triples: Readonly<Record<string, string>> = {
  'linux-x64': 'x86_64-unknown-linux-musl',
  'linux-arm64': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
};

/**
 * The versions that the suite was written against; their names of tools and events change from one to the next. Of Codex
 * and opencode only the package of this platform is fetched, which carries the program without its launcher, and
 * of opencode without its second build for old processors.
 */
export const pinnedAgents: Readonly<Record<AgentName, PinnedProgram>> = {
  claude: pinnedClaude,
  codex: {
    name: 'codex',
    version: '0.171.0',
    spec: `@openai/codex-${platform}-${arch}@npm:@openai/codex@0.171.0-${platform}-${arch}`,
    paths: [
      `node_modules/@openai/codex-${platform}-${arch}/vendor/${triples[`${platform}-${arch}`] ?? 'none'}/bin/codex`,
    ],
  },
  gemini: {
    name: 'gemini-cli',
    version: '0.61.0',
    spec: '@google/gemini-cli@0.61.0',
    paths: ['node_modules/.bin/gemini'],
  },
  opencode: {
    name: 'opencode',
    version: '1.18.33',
    spec: `opencode-${platform}-${arch}@1.18.33`,
    paths: [`node_modules/opencode-${platform}-${arch}/bin/opencode`],
  },
};

/** A pinned agent, from the cache or from the registry. */
export function fetchAgent(name: AgentName): Promise<FetchedProgram> {
  return fetchProgram(pinnedAgents[name]);
}
