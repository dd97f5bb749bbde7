import { ownValue } from '../../lib/own-value.ts';
import type { Answers } from '../../operations.ts';
import { paint, type Tint } from '../paint.ts';
import { tableLines } from '../print.ts';
import { oneLine, printable } from '../printable.ts';
import { money, relativeTime } from '../units.ts';

type WishRow = Answers['wishes.list']['items'][number];
type WishPage = Answers['wish.get'];

const tints: Readonly<Record<WishRow['state'], Tint>> = {
  proposed: 'yellow',
  approved: 'cyan',
  rejected: 'dim',
  drafting: 'cyan',
  drafted: 'yellow',
  blocked: 'red',
  failed: 'red',
  applied: 'green',
  declined: 'dim',
  stale: 'yellow',
  kept: 'green',
  unkept: 'red',
};

const words: Readonly<Partial<Record<WishRow['state'], string>>> = {
  kept: 'kept its promise',
  unkept: 'did not keep its promise',
};

/** Wishes as a table. */
export function wishTable(wishes: readonly WishRow[], now: number): string[] {
  const columns = [
    { title: 'id', align: 'right' as const },
    { title: 'made' },
    { title: 'state' },
    { title: 'from' },
    { title: 'title' },
  ];
  return tableLines(
    columns,
    wishes.map(({ id, createdAt, state, origin, title }) => [
      String(id),
      relativeTime(Date.parse(createdAt), now),
      stateWords(state),
      origin,
      oneLine(title),
    ]),
  );
}

/** How the wishes of an origin fared, in a sentence. */
export function acceptanceLine({
  origin,
  accepted,
  rejected,
  rate,
}: Answers['wishes.acceptance'][number]): string {
  return `of ${accepted + rejected} wishes of the ${origin} that were decided, ${Math.round((rate ?? 0) * 100)} % were accepted`;
}

/** What became of a wish, in a line. */
export function decidedLine(
  { id, title, state, reason }: WishRow,
  done = `is ${words[state] ?? state}`,
): string {
  return oneLine(`wish ${id} ${done}: ${title}${reason === null ? '' : ` (${reason})`}`);
}

/** All about one wish. */
export function wishLines(wish: WishPage, now: number): string[] {
  const { id, title, state, origin, createdAt, why, description, reason, fix, branch } = wish;
  const made = `from the ${origin}, ${relativeTime(Date.parse(createdAt), now)}`;
  return [
    paint('bold', oneLine(`wish ${id}: ${title}`)),
    `${stateWords(state)}, ${made}`,
    ...(reason === null ? [] : [oneLine(`reason: ${reason}`)]),
    ...(fix === null ? [] : [oneLine(`what to do: ${fix}`)]),
    ...(branch === null ? [] : [oneLine(`branch: ${branch}`)]),
    '',
    ...printable(description).split('\n'),
    ...(why === description ? [] : ['', ...printable(why).split('\n')]),
    ...promiseLines(wish),
    ...section(
      'evidence',
      wish.evidence.map(({ kind, ref, note }) => oneLine(`${kind} ${ref}${note === '' ? '' : `: ${note}`}`)),
    ),
    ...draftLines(wish),
    ...section(
      'comments',
      wish.comments.map(({ version, file, line, text, answeredBy }) =>
        oneLine(
          `${file}${line === null ? '' : `:${line}`} of version ${version}: ${text}${answeredBy === null ? '' : ` (answered by version ${answeredBy})`}`,
        ),
      ),
    ),
    ...section(
      'trail',
      wish.trail.map(({ at, by, to, version, reason: said }) =>
        oneLine(
          `${relativeTime(Date.parse(at), now)}: ${to} by ${by}${version == null ? '' : `, version ${version}`}${said == null ? '' : `: ${said}`}`,
        ),
      ),
    ),
  ];
}

function promiseLines({ expected, measuredBy, effort, risk, promise }: WishPage): string[] {
  if (expected === null) return [];
  const { metric, today, goal } = expected;
  const measured =
    promise === null
      ? []
      : [
          `since it was applied: ${promise.after ?? 'nothing to measure'}, before: ${promise.before ?? 'nothing to measure'}`,
        ];
  return section('promise', [
    oneLine(`${metric}: ${today ?? 'not known'} when it was made, ${goal} is the goal`),
    ...measured,
    ...(measuredBy === null ? [] : [oneLine(`measured by: ${measuredBy}`)]),
    ...(effort === null ? [] : [oneLine(`effort: ${effort}`)]),
    ...(risk === null ? [] : [oneLine(`risk: ${risk}`)]),
  ]);
}

function draftLines({ draft, shown }: WishPage): string[] {
  if (draft === null) {
    return shown === null || shown.state === 'drafted' || shown.summary === null
      ? []
      : section(`version ${shown.version}, ${shown.state}`, printable(shown.summary).split('\n'));
  }
  const { version, base, summary, files, additions, deletions, flags, tests, costUsd } = draft;
  return [
    ...section(`draft, version ${version} on ${base.slice(0, 12)}, ${money(costUsd)}`, [
      ...printable(summary).split('\n'),
      `${files.length} files, +${additions} -${deletions}`,
      ...files.map(({ path, flags: own }) =>
        oneLine(`  ${path}${own.length === 0 ? '' : ` ${paint('red', own.join(', '))}`}`),
      ),
      ...flags.map((flag) => paint('red', oneLine(`flag: ${flag}`))),
    ]),
    ...section(
      'tests',
      Object.entries(tests).map(([name, outcome]) => testLine(name, outcome)),
    ),
  ];
}

const testNames: Readonly<Record<string, string>> = {
  base: "the base's tests on the base",
  draft: "the base's tests on the draft",
  own: "the draft's own tests",
};

function testLine(
  name: string,
  {
    ran,
    passed,
    exitCode,
    output,
  }: { ran: boolean; passed: boolean; exitCode: number | null; output: string },
): string {
  const what = ownValue(testNames, name) ?? name;
  if (!ran) return oneLine(`${what}: not run${output === '' ? '' : ` (${output.slice(-200)})`}`);
  return `${what}: ${passed ? paint('green', 'passed') : paint('red', `failed with status ${exitCode ?? 'none'}`)}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines];
}

/** A patch in the colours of a terminal. */
export function diffLines(patch: string): string[] {
  return patch
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => paintDiff(printable(line)));
}

function paintDiff(line: string): string {
  if (/^(?:diff --git|index |--- |\+\+\+ |new file|deleted file|rename |similarity )/.test(line))
    return paint('bold', line);
  if (line.startsWith('@@')) return paint('cyan', line);
  if (line.startsWith('+')) return paint('green', line);
  return line.startsWith('-') ? paint('red', line) : line;
}

function stateWords(state: WishRow['state']): string {
  return paint(tints[state], words[state] ?? state);
}
