/** One line comment of the owner on a patch that was shown. */
export interface DraftComment {
  file: string;
  /** Line in the drafted file; null for a comment on the whole file. */
  line: number | null;
  text: string;
}

/** What a draft is made from: the approved wish, and what is known of it. */
export interface DraftRequest {
  wishId: number;
  /** Version that this draft becomes, from 1 on. */
  version: number;
  title: string;
  text: string;
  why: string;
  /** Evidence in words, one reference a line. */
  evidence: string[];
  comments: DraftComment[];
  /** The version before, where comments ask for a redraft. */
  previousPatch?: string;
  /** Lessons of wishes before: promises kept or not, and reasons of rejections. */
  learned: string[];
  /** Most that the agent's run may cost, in US dollars, beside the caps of all tasks. */
  budgetUsd?: number;
}

/** One run of tests inside the sandbox, without network and without the agent. */
export interface TestOutcome {
  /** Whether the command was run at all; `output` says why it was not. */
  ran: boolean;
  passed: boolean;
  command: string;
  exitCode: number | null;
  /** Its end, at most some thousands of characters. */
  output: string;
  durationMs: number;
  /** Names of tests that fail on the base already, as far as the output tells. */
  knownFailures?: string[];
}

/** One file of a patch; `flags` say why it wants a second look. */
export interface DraftFile {
  path: string;
  additions: number;
  deletions: number;
  flags: string[];
}

/** A draft that is ready for review. */
export interface Draft {
  /** The repository that was cloned, as configured. */
  repository: string;
  /** Full hash of the commit that the patch stands on. */
  base: string;
  /** Unified diff with full blob names, as `git apply` takes it. */
  patch: string;
  summary: string;
  files: DraftFile[];
  additions: number;
  deletions: number;
  tests: { base: TestOutcome; draft: TestOutcome; own: TestOutcome };
  flags: string[];
  costUsd: number;
  taskId: number | null;
  startedAt: Date;
  endedAt: Date;
}

/** How drafting ended. A blocked draft never ran: its `fix` is the owner's to do. */
export type DraftOutcome =
  | { kind: 'drafted'; draft: Draft }
  | { kind: 'blocked'; reason: string; fix: string }
  | { kind: 'failed'; reason: string; partial?: Partial<Draft> };

/** Makes drafts of wishes, and hands them to the owner's checkout when the owner says so. */
export interface Draftsman {
  /** One draft at a time; never rejects for what went wrong with the draft itself. */
  draft(request: DraftRequest, signal: AbortSignal): Promise<DraftOutcome>;
  /** Whether the patch still applies to the tip of the repository that it was drafted from. */
  stillApplies(
    repository: string,
    base: string,
    patch: string,
  ): Promise<{ kind: 'applies' } | { kind: 'stale'; reason: string }>;
  /** Makes the branch `ninjad/wish-ID` in the owner's checkout; its files and its branch stay as they are. */
  apply(
    checkout: string,
    wishId: number,
    draft: { base: string; patch: string },
  ): Promise<{ kind: 'applied'; branch: string } | { kind: 'refused'; reason: string }>;
}
