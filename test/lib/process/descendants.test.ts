import { describe, expect, it } from 'vitest';
import { collectFamily, type FamilyTraits } from '../../../src/lib/process/descendants.ts';
import { bootId, forksSinceBoot, type ProcessIdentity } from '../../../src/lib/process/identity.ts';
import type { ProcessRow } from '../../../src/lib/process/process-row.ts';

type Sketch = Partial<ProcessRow> & { pid: number; mark?: string };

const self = 100;
/** init, a login shell, and we, in the shell's session; times grow with the pid unless said otherwise. */
const surroundings: Sketch[] = [
  { pid: 1, ppid: 0 },
  { pid: 50, ppid: 1 },
  { pid: self, ppid: 50, sid: 50, pgid: self },
];
const root: ProcessIdentity = { bootId: bootId(), pid: 200, startTime: 200 };
const marker = { name: 'M', value: 'mine' };

/** Pids of the family that `collectFamily` finds among the surroundings and these processes. */
function familyIn(processes: Sketch[], traits: FamilyTraits): number[] {
  const all = [...surroundings, ...processes];
  const rows = all.map((sketch): [number, ProcessRow] => [
    sketch.pid,
    { ppid: 1, pgid: sketch.pid, sid: sketch.pid, state: 'S', startTime: sketch.pid, threads: 1, ...sketch },
  ]);
  const marked = all.flatMap(({ pid, mark }): [number, string][] =>
    mark === undefined ? [] : [[pid, mark]],
  );
  return collectFamily({ table: new Map(rows), marked: new Map(marked) }, traits, self)
    .map(({ pid }) => pid)
    .sort((a, b) => a - b);
}

const rootRow: Sketch = { pid: 200, ppid: self };
const inSessionOf = (sid: number, pid: number): Sketch => ({ pid, sid, pgid: sid });

describe('a family', () => {
  it('has everybody below its root, through sessions and groups of their own, and no neighbour', () => {
    const processes = [rootRow, { pid: 201, ppid: 200 }, { pid: 202, ppid: 201 }, { pid: 300, ppid: self }];
    expect(familyIn(processes, { root })).toEqual([200, 201, 202]);
  });

  it('has orphans that stayed in the session or group of a member', () => {
    const processes = [
      rootRow,
      inSessionOf(200, 203),
      { pid: 201, ppid: 200 },
      inSessionOf(201, 204),
      { pid: 205, sid: 50, pgid: 201 },
      inSessionOf(300, 301),
    ];
    expect(familyIn(processes, { root })).toEqual([200, 201, 203, 204, 205]);
  });

  it('has whoever carries exactly the marker, and all that comes of them', () => {
    const processes = [
      { pid: 210, mark: 'mine' },
      { pid: 211, ppid: 210 },
      inSessionOf(211, 212),
      { pid: 220, mark: 'mine2' },
      { pid: 221, mark: 'min' },
    ];
    expect(familyIn(processes, { marker })).toEqual([210, 211, 212]);
  });

  it('leaves out zombies, but not what a zombie leads', () => {
    expect(familyIn([{ ...rootRow, state: 'Z' }, inSessionOf(200, 201)], { root })).toEqual([201]);
  });

  it('never has us, our ancestors or init, even when they carry the marker or lead a marked one', () => {
    const marked = [1, 50, self].map((pid) => ({
      ...surroundings.find((row) => row.pid === pid),
      pid,
      mark: 'mine',
    }));
    const processes = [...marked, { pid: 60, ppid: 50 }, { pid: 70, ppid: self }, { pid: 80, ppid: 1 }];
    expect(familyIn(processes, { marker })).toEqual([]);
  });

  it('takes a marked process out of our own session alone, not the session with it', () => {
    const processes = [
      { pid: 110, ppid: self, sid: 50, pgid: self, mark: 'mine' },
      { pid: 111, ppid: 50, sid: 50, pgid: self },
      { pid: 112, ppid: 50, sid: 50, pgid: 112 },
    ];
    expect(familyIn(processes, { marker })).toEqual([110]);
  });

  it('takes a marked process out of a session that a living stranger leads alone', () => {
    const processes = [{ pid: 300 }, { ...inSessionOf(300, 301), mark: 'mine' }, inSessionOf(300, 302)];
    expect(familyIn(processes, { root, marker })).toEqual([301]);
  });
});

describe('a family whose root is dead', () => {
  const withCount = (forks: number): ProcessIdentity => ({ ...root, forksSinceBoot: forks });
  const now = forksSinceBoot() ?? 0;

  it('has its session while the pid of the root cannot have been reused', () => {
    expect(familyIn([inSessionOf(200, 201)], { root: withCount(now) })).toEqual([201]);
  });

  it('does not have a session of that number once the pid may have been reused', () => {
    expect(familyIn([inSessionOf(200, 201)], { root: withCount(now - 10_000_000) })).toEqual([]);
    expect(familyIn([inSessionOf(200, 201)], { root })).toEqual([]);
    expect(familyIn([inSessionOf(200, 201)], { root: { ...withCount(now), bootId: 'another' } })).toEqual([]);
  });

  it('has nothing of the process that was given its pid', () => {
    const stranger = { pid: 200, startTime: 999 };
    const processes = [stranger, inSessionOf(200, 1001), { pid: 1002, ppid: 200 }];
    expect(familyIn(processes, { root: withCount(now) })).toEqual([]);
  });

  it('has a leaderless session with a marked process in it, if all there are younger than the root', () => {
    const unmarked = inSessionOf(250, 252);
    const marked = { ...inSessionOf(250, 251), mark: 'mine' };
    expect(familyIn([marked, unmarked], { root, marker })).toEqual([251, 252]);
    expect(familyIn([marked, unmarked, inSessionOf(250, 199)], { root, marker })).toEqual([251]);
    expect(familyIn([marked, unmarked], { marker })).toEqual([251]);
  });

  it('has what members that were seen before have left in their sessions', () => {
    const known = [{ bootId: bootId(), pid: 260, startTime: 260, forksSinceBoot: now }];
    expect(familyIn([inSessionOf(260, 261), inSessionOf(270, 271)], { known })).toEqual([261]);
  });
});
