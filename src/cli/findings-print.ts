import type { Answers } from '../operations.ts';
import { paint, type Tint } from './paint.ts';
import { tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { relativeTime } from './units.ts';

type Finding = Answers['finding.get'];
type Detector = Answers['findings.detectors'][number];

const tints: Readonly<Record<Finding['severity'], Tint | undefined>> = { critical: 'red', warning: 'yellow' };

function severity({ severity: word }: Pick<Finding, 'severity'>): string {
  const tint = Object.hasOwn(tints, word) ? tints[word] : undefined;
  return tint === undefined ? word : paint(tint, word);
}

/** Findings as a table. */
export function findingTable(findings: readonly Finding[], now: number): string[] {
  return tableLines(
    [
      { title: 'id', align: 'right' },
      { title: 'severity' },
      { title: 'state' },
      { title: 'seen', align: 'right' },
      { title: 'last' },
      { title: 'what' },
    ],
    findings.map((finding) => [
      String(finding.id),
      severity(finding),
      finding.state,
      String(finding.seenCount),
      relativeTime(Date.parse(finding.lastSeenAt), now),
      oneLine(finding.summary),
    ]),
  );
}

/** One finding with all that is known of it. */
export function findingLines(finding: Finding, now: number): string[] {
  const { id, kind, subject, state, seenCount, reopened, reason, wishId, snoozedUntil, remedy } = finding;
  const ago = (at: string): string => relativeTime(Date.parse(at), now);
  const back = reopened === 0 ? '' : `, came back ${reopened} ${reopened === 1 ? 'time' : 'times'}`;
  return [
    paint('bold', oneLine(finding.summary)),
    `finding ${id} of ${kind}${subject === '' ? '' : `, about ${oneLine(subject)}`}: ${severity(finding)}, ${state}`,
    `seen ${seenCount} ${seenCount === 1 ? 'time' : 'times'}, first ${ago(finding.firstSeenAt)}, last ${ago(finding.lastSeenAt)}${back}`,
    ...(snoozedUntil === null ? [] : [`snoozed until ${snoozedUntil}`]),
    ...(reason === null ? [] : [`your reason: ${oneLine(reason)}`]),
    ...(wishId === null ? [] : [`became wish ${wishId}`]),
    ...(finding.figures.length === 0 ? [] : ['', ...figureLines(finding)]),
    ...(finding.evidence.length === 0 ? [] : ['', paint('dim', 'evidence'), ...evidenceLines(finding)]),
    ...(remedy === '' ? [] : ['', oneLine(remedy)]),
  ];
}

function figureLines({ figures }: Finding): string[] {
  return tableLines(
    [
      { title: 'figure' },
      { title: 'value', align: 'right' },
      { title: 'usual', align: 'right' },
      { title: 'unit' },
    ],
    figures.map(({ name, value, usual, unit }) => [
      name,
      short(value),
      usual === undefined ? '' : short(usual),
      unit,
    ]),
  );
}

function evidenceLines({ evidence }: Finding): string[] {
  return evidence.map(({ kind, ref, note }) => oneLine(`  ${kind} ${ref}${note === '' ? '' : `: ${note}`}`));
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** What came of a look, in a few lines. */
export function lookLines({ detectors, opened, reopened, gone, tookMs }: Answers['findings.look']): string[] {
  const held = detectors.reduce((sum, one) => sum + one.held, 0);
  return [
    `${detectors.length} detectors looked in ${tookMs} ms: ${opened} new, ${reopened} back, ${gone} gone${held === 0 ? '' : `, ${held} kept back by detectors that rest`}`,
    ...detectors.flatMap(({ kind, problem }) =>
      problem === null ? [] : [oneLine(`${kind} could not look: ${problem}`)],
    ),
  ];
}

/** Detectors with their thresholds. */
export function detectorTable(detectors: readonly Detector[]): string[] {
  return tableLines(
    [{ title: 'detector' }, { title: 'state' }, { title: 'finds' }],
    detectors.flatMap((detector) => [
      [detector.kind, stateOf(detector), detector.says],
      ...detector.thresholds.map(({ name, value, says }) => ['', '', `${name} ${value}: ${says}`]),
    ]),
  );
}

function stateOf({ state, restsUntil, problem }: Detector): string {
  if (state === 'resting') return `resting until ${short(restsUntil ?? 0)}`;
  return state === 'failing' ? paint('red', oneLine(`failing: ${problem ?? ''}`).slice(0, 60)) : state;
}
