import { existsSync, readdirSync } from 'node:fs';
import { type CheckResult, ok, warn } from '../doctor/check-result.ts';
import type { Checks, Subject } from '../doctor/subject.ts';
import { describeGap, findGaps } from './gaps.ts';
import { loadSplice } from './splice.ts';

/** Checks of the journal. */
export const journalChecks: Checks<Pick<Subject, 'paths'>> = {
  splice: () => checkSplice(),
  journal: ({ paths }) => checkJournal(paths.journal),
};

/** Whether all that the journal ought to hold is there. */
export function checkJournal(dir: string): CheckResult {
  if (!existsSync(dir)) return ok('none yet');
  const gaps = findGaps(dir);
  if (gaps.length > 0)
    return warn(
      gaps.map(describeGap).join('; '),
      'segments without a gap',
      'restore the segment from a backup while ninjad is down, or let it be: it goes with the segments around it',
    );
  const broken = readdirSync(dir).filter((name) => name.startsWith('journal.json.broken-'));
  if (broken.length > 0)
    return warn(
      `the journal has lost its name once: ${broken.join(', ')}`,
      'one name for ever',
      'some events may be recorded twice; delete that file when you have seen it',
    );
  return ok('whole');
}

/** Whether bytes go from the pipe into the journal without a gap in which a kill could lose them. */
export function checkSplice(splice = loadSplice()): CheckResult {
  if (splice !== undefined) return ok('splice(2) by way of koffi');
  return warn(
    'no splice(2): a kill -9 in the instant between read and write may lose a line',
    'splice(2) (Linux, with the optional package koffi)',
    process.platform === 'linux' ? 'run npm ci without --omit=optional' : 'nothing: only Linux has it',
  );
}
