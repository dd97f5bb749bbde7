import { reportOf, type Report } from './report.ts';
import { markIn, readScript } from './probe/read-script.ts';

/** Most bytes of a report that a host sends. */
export const maxPushBytes = 512 * 1024;

/** Reads a report that was sent: JSON as `ninjad fleet report --json` prints it, or what the script prints. */
export function readPushed(body: string): { report: Report } | { problem: string } {
  const mark = markIn(body);
  if (mark !== undefined) {
    const report = readScript(body, mark);
    return report === undefined ? { problem: 'the script has said nothing' } : { report };
  }
  try {
    const report = reportOf(JSON.parse(body) as unknown);
    return report === undefined
      ? { problem: 'that is no report: expected what ninjad fleet report --json prints' }
      : { report };
  } catch {
    return { problem: 'that is not JSON: expected what ninjad fleet report --json prints' };
  }
}
