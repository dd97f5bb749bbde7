import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkJournal } from '../../../src/lib/journal/doctor.ts';
import { openJournal } from '../../../src/lib/journal/journal.ts';
import { trimJournal } from '../../../src/lib/journal/trim.ts';
import { journalRig } from '../../helpers/journal-rig.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

/** A closed journal of several segments; every line of it waits to be recorded. */
function severalSegments(): { dir: string; segments: string[]; uuid: string } {
  const home = tempDir();
  const dir = join(home, 'journal');
  const rig = journalRig(home, { segmentBytes: 2_000 });
  for (let n = 0; n < 8; n += 1) rig.accept([`LOW|a||b|${n} ${'x'.repeat(1_100)}`]);
  const { uuid } = rig.journal;
  rig.close();
  return { dir, uuid, segments: readdirSync(dir).filter((name) => name.endsWith('.log')) };
}

/** What an opening says, closed again. */
function problemsOf(dir: string): string[] {
  const problems: string[] = [];
  openJournal({ dir, onProblem: (problem) => problems.push(problem) }).close();
  return problems;
}

describe('a journal', () => {
  it.each([
    ['is emptied', (path: string) => truncateSync(path, 0)],
    ['loses its end', (path: string) => truncateSync(path, 1_000)],
    ['is taken away', (path: string) => rmSync(path)],
  ])('says so where a segment between two others %s, at each start and in doctor', (_, harm) => {
    const { dir, segments } = severalSegments();
    expect(segments.length).toBeGreaterThan(2);
    expect(problemsOf(dir)).toEqual([]);
    expect(checkJournal(dir)).toMatchObject({ verdict: 'ok' });
    harm(join(dir, segments[1] ?? ''));
    for (const said of [problemsOf(dir), problemsOf(dir)])
      expect(said).toEqual([
        expect.stringMatching(/^the journal lacks \d+ bytes from position \d+ on, which it did not delete/),
      ]);
    expect(checkJournal(dir)).toMatchObject({ verdict: 'warn' });
  });

  it('says nothing of what it has let go of itself, in the middle and in front', async () => {
    const home = tempDir();
    const dir = join(home, 'journal');
    const rig = journalRig(home, { segmentBytes: 2_000 });
    const long = 'x'.repeat(1_100);
    const [first] = rig.accept([`LOW|a||b|1 ${long}`, `LOW|a||b|2 ${long}`]);
    const middle = rig.accept([`LOW|a||b|3 ${long}`, `LOW|a||b|4 ${long}`]);
    rig.accept([`LOW|a||b|5 ${long}`, `LOW|a||b|6 ${long}`]);
    rig.accept([`LOW|a||b|7 ${long}`]);
    for (const { position } of middle) rig.journal.addPending(position, -1);
    await trimJournal(rig.journal, () => Promise.resolve());
    // A line that never ends is let go of as well.
    rig.write('LOW|a||b|torn');
    rig.close();
    const again = journalRig(home, { segmentBytes: 2_000 });
    again.lines();
    again.intake.resume();
    again.write('LOW|a||b|whole\n');
    again.lines();
    again.close();
    expect(problemsOf(dir)).toEqual([]);
    expect(readdirSync(dir).some((name) => name.endsWith('.gap'))).toBe(true);
    expect(first).toBeDefined();

    const last = openJournal({ dir });
    last.remove(last.finishedSegments());
    last.close();
    expect(problemsOf(dir)).toEqual([]);
    expect(readdirSync(dir).some((name) => name.endsWith('.gap'))).toBe(false);
  });

  it('believes a journal from before gaps were noted', () => {
    const { dir, segments, uuid } = severalSegments();
    writeFileSync(join(dir, 'journal.json'), `${JSON.stringify({ uuid })}\n`);
    rmSync(join(dir, segments[1] ?? ''));
    expect(problemsOf(dir)).toEqual([]);
    expect(JSON.parse(readFileSync(join(dir, 'journal.json'), 'utf8'))).toMatchObject({ uuid });
  });

  it.each(['', '{', '[]', '{"uuid":7}', 'null', '\0\0\0\0'])(
    'keeps a journal.json of %j aside and says so',
    (text) => {
      const { dir, uuid } = severalSegments();
      writeFileSync(join(dir, 'journal.json'), text);
      const [said] = problemsOf(dir);
      const [aside = ''] = readdirSync(dir).filter((name) => name.startsWith('journal.json.broken-'));
      expect(said).toContain(aside);
      expect(readFileSync(join(dir, aside), 'utf8')).toBe(text);
      expect(readFileSync(join(dir, 'journal.json'), 'utf8')).not.toContain(uuid);
      expect(checkJournal(dir)).toMatchObject({ verdict: 'warn' });
    },
  );

  it.each(['a folder', 'a link'])(
    'refuses %s in the place of its files in a sentence, and moves times aside',
    (what) => {
      const { dir, segments } = severalSegments();
      const [segment = ''] = segments;
      const putAt = (name: string): void => {
        const path = join(dir, name);
        if (existsSync(path)) renameSync(path, `${path}.was`);
        if (what === 'a folder') mkdirSync(path);
        else symlinkSync(`${path}.was`, path);
      };
      const times = segment.replace('.log', '.times');
      putAt(times);
      expect(problemsOf(dir)).toEqual([expect.stringContaining(`${times} was not a file; it was moved to`)]);
      putAt(segment);
      expect(() => openJournal({ dir })).toThrow(
        `${join(dir, segment)} is not a file: move away what is there`,
      );
      rmSync(join(dir, segment), { recursive: true });
      renameSync(join(dir, `${segment}.was`), join(dir, segment));
      putAt('journal.json');
      expect(() => openJournal({ dir })).toThrow('journal.json is not a file: move away what is there');
    },
  );
});
