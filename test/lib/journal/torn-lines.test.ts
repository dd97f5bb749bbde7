import { describe, expect, it } from 'vitest';
import { journalRig, type Rejected } from '../../helpers/journal-rig.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const silenceMs = 1_000;

/** Writes pieces with a silence after each but the last, and tells what became of them, also after a replay. */
function afterSilences(...pieces: (string | Buffer)[]): {
  lines: string[];
  rejected: Rejected[];
  replayed: string[];
} {
  const dir = tempDir();
  let at = 0;
  const rig = journalRig(dir, { now: () => at });
  const lines: string[] = [];
  for (const piece of pieces) {
    rig.write(piece);
    lines.push(...rig.lines());
    at += silenceMs;
  }
  rig.close();
  return { lines, rejected: rig.rejected, replayed: journalRig(dir).lines() };
}

describe('an unfinished line that has been silent', () => {
  it('is taken where it is whole, and the line that follows it is a line of its own', () => {
    const { lines, rejected, replayed } = afterSilences('LOW|cron:b||note|done', 'HUMAN|shell||note|hello\n');
    expect(lines).toEqual(['LOW|cron:b||note|done', 'HUMAN|shell||note|hello']);
    expect(rejected).toEqual([]);
    expect(replayed).toEqual(lines);
  });

  it.each([
    ['an object that is not closed', 'LOW|cron:b||note|{"text":"do'],
    ['a header without its end', 'LOW|cron:b||no'],
    ['a torn multi-byte character', Buffer.from('LOW|cron:b||note|gr\xc3', 'latin1')],
    ['a text longer than one write', `LOW|cron:b||note|${'word '.repeat(1_000)}`],
    ['what is no line at all', 'starting backup'],
  ])('is rejected with its words where it is %s', (_, torn) => {
    const { lines, rejected, replayed } = afterSilences(torn, 'HUMAN|shell||note|hello\n');
    expect(lines).toEqual(['HUMAN|shell||note|hello']);
    expect(rejected.map(({ reason }) => reason)).toEqual(['truncated']);
    expect(rejected[0]?.sample.slice(0, 10)).toBe(torn.toString().slice(0, 10));
    expect(replayed).toEqual(lines);
  });

  it('is taken where it is an object that is closed, however long', () => {
    const long = `LOW|cron:b||note|{"text":"${'x'.repeat(10_000)}"}`;
    expect(afterSilences(long, 'LOW|a||b|c\n').lines).toEqual([long, 'LOW|a||b|c']);
  });

  it('is shown with its words for as long as it waits, without secrets, and not once it has ended', () => {
    let at = 0;
    const rig = journalRig(tempDir(), { now: () => at });
    rig.write('LOW|cron:b||note|token=ghp_0123456789abcdefghijABCDEFGHIJ012345');
    rig.lines();
    at += 7_000;
    expect(rig.intake.unfinished()).toMatchObject({ bytes: 63, silentMs: 7_000 });
    expect(rig.intake.unfinished()?.sample).toMatch(/^LOW\|cron:b\|\|note\|/);
    expect(rig.intake.unfinished()?.sample).not.toContain('ghp_0123456789');
    rig.write('\n');
    rig.lines();
    expect(rig.intake.unfinished()).toBeUndefined();
    rig.close();
  });

  it('goes on where what follows does not begin like a line', () => {
    const { lines, rejected } = afterSilences('LOW|a||b|slow ', 'LOW water, ', 'HIGH|er\nLOW|a||b|next\n');
    expect(lines).toEqual(['LOW|a||b|slow LOW water, HIGH|er', 'LOW|a||b|next']);
    expect(rejected).toEqual([]);
  });

  it('is told from each of several that never write a newline', () => {
    const pieces = [
      'LOW|a||b|one',
      'LOW|b||b|two',
      'LOW|c||b|{"torn',
      'LOW|d||b|four',
      'LOW|e||b|five\nLOW|f||b|six\n',
    ];
    const { lines, rejected, replayed } = afterSilences(...pieces);
    expect(lines).toEqual(['LOW|a||b|one', 'LOW|b||b|two', 'LOW|d||b|four', 'LOW|e||b|five', 'LOW|f||b|six']);
    expect(rejected).toEqual([{ reason: 'truncated', sample: 'LOW|c||b|{"torn' }]);
    expect(replayed).toEqual(lines);
  });

  it('is not mixed with a bad line that follows it', () => {
    const { lines, rejected } = afterSilences('LOW|cron:b||note|done', 'HUMAN|shell||no te|hello\n');
    expect(lines).toEqual(['LOW|cron:b||note|done']);
    expect(rejected).toEqual([{ reason: 'bad-category', sample: 'HUMAN|shell||no te|hello' }]);
  });

  it('is ended by a writer that begins with a newline, without a silence too', () => {
    const rig = journalRig();
    rig.write('LOW|cron:b||note|done\nL');
    rig.write('\nHUMAN|cli||ask|hello\nOW|cron:b||note|y\n');
    expect(rig.lines()).toEqual(['LOW|cron:b||note|done', 'HUMAN|cli||ask|hello']);
    expect(rig.rejected.map(({ sample }) => sample)).toEqual(['L', 'OW|cron:b||note|y']);
  });

  it('is given up after a restart where a writer begins with a newline', () => {
    const dir = tempDir();
    const first = journalRig(dir);
    first.write('LOW|a||b|cut o');
    first.lines();
    first.close();
    const second = journalRig(dir);
    second.lines();
    second.intake.resume();
    second.write('\nHUMAN|cli||ask|hello\n');
    expect(second.lines()).toEqual(['HUMAN|cli||ask|hello']);
    expect(second.rejected).toEqual([{ reason: 'truncated', sample: 'LOW|a||b|cut o' }]);
  });
});

it('takes empty lines for nothing', () => {
  const rig = journalRig();
  rig.write('\n\r\n\nLOW|a||b|c\n\n');
  expect(rig.lines()).toEqual(['LOW|a||b|c']);
  expect(rig.rejected).toEqual([]);
});

it('leaves a chunk of nothing but bad lines after some milliseconds, and goes on where it stopped', () => {
  const rig = journalRig();
  rig.write(`${'y\n'.repeat(100_000)}LOW|a||b|c\n`);
  const batches = [];
  for (let batch = rig.intake.next(); batch !== undefined; batch = rig.intake.next()) batches.push(batch);
  expect(batches.length).toBeGreaterThan(1);
  expect(batches.map(({ hasMore }) => hasMore).lastIndexOf(true)).toBe(batches.length - 2);
  expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(1);
  expect(rig.rejected).toHaveLength(100_000);
});
