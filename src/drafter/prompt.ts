import type { DraftRequest } from './draft.ts';

const maxPatchChars = 100_000;

/** What the agent of a draft is asked. */
export function draftPrompt(request: DraftRequest, { isShallow }: { isShallow: boolean }): string {
  return [
    `You work alone on a clone of a git repository, in the current folder. Implement the wish below as a change that its owner can review in one sitting.`,
    section('The wish', `${request.title}\n\n${request.text}`),
    section('Why', request.why),
    section('Evidence', request.evidence.map((line) => `- ${line}`).join('\n')),
    ...redraft(request),
    section('What was learned from wishes before', request.learned.map((line) => `- ${line}`).join('\n')),
    section('How', how.map((line) => `- ${line}`).join('\n')),
    isShallow ? 'The history of the clone is cut short.' : '',
    'Answer in the end with a summary for the review: what changed and why, how it was tested, and what is left open. At most 300 words.',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const how = [
  'Read how the code around the change is written and tested, and keep to it.',
  'Make the smallest change that fulfils the wish. Leave everything else as it is.',
  'Add tests for what changes, in new files where that fits. Do not weaken, skip or rewrite existing tests: those of the base are run against your change.',
  'There is no network beside your own API, and nothing of this machine beside the clone: what cannot be installed is not there.',
  'Only text files of this folder make the draft. Git is not needed; whether you commit makes no difference.',
  'Where the wish cannot be fulfilled, or is fulfilled already, change nothing and say why.',
];

function redraft({ version, comments, previousPatch }: DraftRequest): string[] {
  if (previousPatch === undefined && comments.length === 0) return [];
  const said = comments.map(
    ({ file, line, text }) => `- ${file}${line === null ? '' : `:${line}`}: ${text.replaceAll('\n', '\n  ')}`,
  );
  return [
    section(`What the owner said to the draft before (this is version ${version})`, said.join('\n')),
    section(
      'The patch of the draft before, which is not in the clone: begin from it where it was good',
      previousPatch === undefined ? '' : previousPatch.slice(0, maxPatchChars),
    ),
  ];
}

function section(title: string, text: string): string {
  return text.trim() === '' ? '' : `## ${title}\n\n${text.trim()}`;
}
