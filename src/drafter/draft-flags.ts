import type { Draft, DraftFile } from './draft.ts';
import type { SourceRepository } from './git/inspect.ts';
import type { TakenPatch } from './git/take-patch.ts';

export interface FlagInput {
  files: readonly DraftFile[];
  taken: Exclude<TakenPatch, { refused: string }>;
  tests: Draft['tests'];
  source: SourceRepository;
  refusedHosts: readonly string[];
}

const manyDeletions = 10;
/** Flags of files that say nothing about the whole. */
const quiet = new Set(['new test']);

/** What of a draft as a whole wants a second look, the most telling first. */
export function flagsOfDraft({ files, taken, tests, source, refusedHosts }: FlagInput): string[] {
  const deleted = taken.files.filter(({ status }) => status === 'deleted').length;
  const ofFiles = new Set(files.flatMap(({ flags }) => flags).filter((flag) => !quiet.has(flag)));
  return [
    ...(tests.draft.ran && !tests.draft.passed ? ["the base's tests fail on the draft"] : []),
    ...(tests.own.ran && !tests.own.passed ? ["the draft's own tests fail"] : []),
    ...(tests.draft.ran ? [] : ['no tests were run']),
    ...(tests.base.ran && !tests.base.passed ? ['tests fail on the base already'] : []),
    ...ofFiles,
    ...(deleted >= manyDeletions ? [`deletes ${deleted} files`] : []),
    ...taken.leftOut.map((path) => `left out ${path}, which is empty and was left by a sandbox`),
    ...(refusedHosts.length === 0
      ? []
      : [`the agent asked for ${refusedHosts.slice(0, 5).join(', ')}, and was refused`]),
    ...(source.isDirty
      ? ['the repository has work that is not committed, which the draft does not know']
      : []),
    ...(source.isShallow ? ['the repository is shallow'] : []),
  ];
}
