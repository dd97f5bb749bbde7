import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { commandLineOf } from '../../../src/lib/process/command-line.ts';
import { familyOf } from '../../../src/lib/process/descendants.ts';
import { findMarked } from '../../../src/lib/process/find-marked.ts';
import { currentRow, isAlive } from '../../../src/lib/process/identity.ts';
import { terminateFamily, type TerminationProgress } from '../../../src/lib/process/kill-family.ts';
import { scanProcesses } from '../../../src/lib/process/process-table.ts';
import { signalExactly } from '../../../src/lib/process/signal-exactly.ts';
import { endFamilies, newMarker, startFamily, type TestFamily } from '../../fixtures/process/family.ts';

afterEach(endFamilies);

/** A child that ignores TERM from its first instant on, since that is inherited. */
const stubbornChild = `trap '' TERM; sleep 300 & echo stubborn $!; trap - TERM`;

async function startBystander(): Promise<TestFamily> {
  return startFamily('sleep 300 & echo child $!; echo ready; wait', { marker: newMarker() });
}

function expectUnharmed(bystander: TestFamily): void {
  expect([bystander.root, ...Object.values(bystander.members)].map(isAlive)).toEqual([true, true]);
}

function aliveIn(family: TestFamily): string[] {
  return Object.entries(family.members).flatMap(([name, identity]) => (isAlive(identity) ? [name] : []));
}

describe('terminating a family', () => {
  it('leaves none of child, own session, daemon, TERM-ignorer and node grandchild, and no harm beside it', async () => {
    const marker = newMarker();
    const bystander = await startBystander();
    const unmarked = await startFamily('echo ready; exec sleep 300');
    const family = await startFamily(
      `exec 3>&1
      sleep 300 & echo child $!
      setsid sleep 300 & echo session $!
      setsid -f bash -c 'echo daemon $$ >&3; echo ready >&3; exec sleep 300'
      ${stubbornChild}
      "${process.execPath}" -e "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('node', process.pid); console.log('ready')" &
      wait`,
      { marker, readyLines: 2 },
    );
    expect(aliveIn(family).toSorted()).toEqual(['child', 'daemon', 'node', 'session', 'stubborn']);
    const report = await terminateFamily({ root: family.root, marker, graceMs: 300 });
    expect(aliveIn(family)).toEqual([]);
    expect(isAlive(family.root)).toBe(false);
    expect(await findMarked(marker.name, marker.value)).toEqual([]);
    expect(report.left).toEqual([]);
    expect(report.rounds).toBeGreaterThanOrEqual(1);
    const survivors = report.survivorsBeforeKill.map(({ pid }) => pid);
    expect(survivors).toContain(family.member('stubborn').pid);
    expect(survivors).toContain(family.member('node').pid);
    expect(survivors).not.toContain(family.member('child').pid);
    expect(report.killed.map(({ pid }) => pid)).toEqual(expect.arrayContaining(survivors));
    expect(report.killed.find(({ pid }) => pid === family.member('node').pid)?.command).toMatch(
      /^\S*node -e process/,
    );
    expectUnharmed(bystander);
    expect(isAlive(unmarked.root)).toBe(true);
  });

  it('kills nobody who goes by themselves within the grace', async () => {
    const marker = newMarker();
    const family = await startFamily(`sleep 300 & echo child $!; echo ready; wait`, { marker });
    const report = await terminateFamily({ root: family.root, marker, graceMs: 60_000 });
    expect(report).toMatchObject({
      survivorsBeforeKill: [],
      killed: [],
      killedCount: 0,
      rounds: 0,
      left: [],
    });
    expect(aliveIn(family)).toEqual([]);
  });

  it('waits for an orderly end that takes its time', async () => {
    const marker = newMarker();
    const family = await startFamily(`trap 'sleep 1; exit 7' TERM; echo ready; while :; do sleep 0.1; done`, {
      marker,
    });
    const exit = once(family.child, 'exit');
    const report = await terminateFamily({ root: family.root, marker, graceMs: 60_000 });
    expect(await exit).toEqual([7, null]);
    expect(report.rounds).toBe(0);
    expect(report.tookMs).toBeGreaterThan(900);
  });

  it('finds a process that cleared its environment by its parent, also in a session of its own', async () => {
    const marker = newMarker();
    const family = await startFamily(
      `env -i setsid sleep 300 & echo cleared $!; trap '' TERM; env -i sleep 300 & echo stubborn $!; trap - TERM; echo ready; wait`,
      { marker },
    );
    await terminateFamily({ root: family.root, marker, graceMs: 100 });
    expect(aliveIn(family)).toEqual([]);
  });

  it('finds a process that cleared its environment by its session when the root is dead and collected', async () => {
    const marker = newMarker();
    const bystander = await startBystander();
    const family = await startFamily(
      `trap '' TERM; env -i sleep 300 & echo stubborn $!; trap - TERM; echo ready; exit 0`,
      {
        marker,
      },
    );
    await vi.waitFor(() => expect(currentRow(family.root.pid)).toBeUndefined(), 20_000);
    expect(aliveIn(family)).toEqual(['stubborn']);
    const report = await terminateFamily({ root: family.root, marker, graceMs: 100 });
    expect(report.survivorsBeforeKill.map(({ pid }) => pid)).toContain(family.member('stubborn').pid);
    expect(aliveIn(family)).toEqual([]);
    expectUnharmed(bystander);
  });

  it('finds everybody by the marker alone when the root is not known', async () => {
    const marker = newMarker();
    const family = await startFamily(
      'sleep 300 & echo a $!; setsid sleep 300 & echo b $!; echo ready; exit 0',
      { marker },
    );
    await once(family.child, 'exit');
    await terminateFamily({ marker, graceMs: 60_000 });
    expect(aliveIn(family)).toEqual([]);
  });

  it('outlasts a family that replaces each member that is asked to go', async () => {
    const marker = newMarker();
    const heir = `again() { setsid -f bash -c "$script"; setsid -f bash -c "$script"; exit; }; trap again TERM; echo ready >&3; while :; do sleep 0.05; done`;
    const family = await startFamily(
      `exec 3>&1; export script='${heir}'; for i in 1 2 3; do setsid bash -c "$script" & done; wait`,
      { marker, readyLines: 3 },
    );
    const report = await terminateFamily({ root: family.root, marker, graceMs: 500 });
    expect(report.left).toEqual([]);
    expect(report.survivorsBeforeKill.length).toBeGreaterThanOrEqual(3);
    expect(await findMarked(marker.name, marker.value)).toEqual([]);
  });

  it('outlasts a family that forks and forks and ignores TERM', async () => {
    const marker = newMarker();
    const family = await startFamily(
      `trap '' TERM; storm() { for i in $(seq 1000); do setsid -f sleep 20; done; }; storm & storm & echo ready; wait`,
      { marker },
    );
    const report = await terminateFamily({ root: family.root, marker, graceMs: 200, killMs: 60_000 });
    expect(report.left).toEqual([]);
    expect(report.killedCount).toBeGreaterThan(3);
    expect(await familyOf(family.root, marker)).toEqual([]);
  });

  it('catches a chain of processes of which each lives some milliseconds, beside a crowd', async () => {
    const marker = newMarker();
    await startFamily('for i in $(seq 200); do sleep 300 & done; echo ready; wait', { marker: newMarker() });
    const link = `trap '' TERM; unset SHLVL; setsid -f bash -c "$link"; exit`;
    const family = await startFamily(
      `export link=$(cat <<'end'\n${link}\nend\n); for i in 1 2; do setsid -f bash -c "$link"; done; echo ready; exit`,
      { marker },
    );
    const report = await terminateFamily({ root: family.root, marker, graceMs: 100, killMs: 60_000 });
    expect(report.left).toEqual([]);
    expect(report.killedCount).toBeGreaterThanOrEqual(2);
    for (let look = 0; look < 20; look++) expect(await findMarked(marker.name, marker.value)).toEqual([]);
  });

  it('loses none of a storm of children that clear their environment and leave the session', async () => {
    const marker = newMarker();
    const command = `sleep 300.${process.pid}`;
    const { root } = await startFamily(
      `trap '' TERM; storm() { for i in $(seq 1000); do env -i setsid ${command} & done; wait; }; storm & storm & echo ready; wait`,
      { marker },
    );
    await terminateFamily({ root, marker, graceMs: 100, killMs: 60_000 });
    const { table } = await scanProcesses();
    const left = [...table.keys()].filter((pid) => commandLineOf(pid) === command);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect(left).toEqual([]);
  });

  it('wakes a stopped process, so that it can go by itself', async () => {
    const marker = newMarker();
    const family = await startFamily('sleep 300 & echo child $!; kill -STOP $!; echo ready; wait', {
      marker,
    });
    await vi.waitFor(() => expect(currentRow(family.member('child').pid)?.state).toBe('T'), 20_000);
    const report = await terminateFamily({ root: family.root, marker, graceMs: 60_000 });
    expect(report.rounds).toBe(0);
    expect(aliveIn(family)).toEqual([]);
  });

  it('takes a zombie for dead and does not wait for it', async () => {
    const marker = newMarker();
    const family = await startFamily(`sleep 0.2 & echo zombie $!; echo ready; exec env -i sleep 300`, {
      marker,
    });
    await vi.waitFor(() => expect(currentRow(family.member('zombie').pid)?.state).toBe('Z'), 20_000);
    const { ppid } = currentRow(family.member('zombie').pid) ?? {};
    expect(ppid).toBe(family.root.pid);
    const zombieAsRoot = await terminateFamily({ root: family.member('zombie'), marker, graceMs: 60_000 });
    expect(zombieAsRoot).toMatchObject({ rounds: 0, survivorsBeforeKill: [], left: [] });
    expect(isAlive(family.root)).toBe(true);
  });

  it('touches nobody when the pid of the root belongs to another process now', async () => {
    const stranger = await startBystander();
    const root = { ...stranger.root, startTime: stranger.root.startTime - 1 };
    const report = await terminateFamily({ root, marker: newMarker(), graceMs: 100 });
    expect(report).toMatchObject({ survivorsBeforeKill: [], killed: [], rounds: 0, left: [] });
    expectUnharmed(stranger);
  });

  it('ends a child that was not spawned detached, and nobody else in our own group', async () => {
    const marker = newMarker();
    const neighbour = await startFamily('echo ready; exec sleep 300', { detached: false });
    const family = await startFamily(`${stubbornChild}; echo ready; wait`, {
      marker,
      detached: false,
    });
    expect(currentRow(family.root.pid)?.pgid).toBe(currentRow(process.pid)?.pgid);
    await terminateFamily({ root: family.root, marker, graceMs: 100 });
    expect([isAlive(family.root), ...aliveIn(family)]).toEqual([false]);
    expect(isAlive(neighbour.root)).toBe(true);
  });

  it('tells how it goes, and an observer that throws changes nothing', async () => {
    const marker = newMarker();
    const { root } = await startFamily(`trap '' TERM; echo ready; while :; do sleep 1; done`, { marker });
    const phases: TerminationProgress['phase'][] = [];
    const onProgress = ({ phase }: TerminationProgress) => {
      phases.push(phase);
      throw new Error('observer');
    };
    await terminateFamily({ root, marker, graceMs: 100, onProgress });
    expect([...new Set(phases)]).toEqual(['waiting', 'killing', 'gone']);
    expect(isAlive(root)).toBe(false);
  });

  it('gives up the wait when it is told to, with the reason', async () => {
    const marker = newMarker();
    const { root } = await startFamily(`trap '' TERM; echo ready; while :; do sleep 1; done`, { marker });
    const abort = new AbortController();
    const onProgress = () => abort.abort(new Error('no more time'));
    const terminating = terminateFamily({ root, marker, graceMs: 60_000, signal: abort.signal, onProgress });
    await expect(terminating).rejects.toThrow('no more time');
    expect(isAlive(root)).toBe(true);
  });

  it('ends a family of hundreds that all ignore TERM', async () => {
    const marker = newMarker();
    const { root } = await startFamily(
      `trap '' TERM; for i in $(seq 300); do sleep 300 & done; echo ready; wait`,
      { marker },
    );
    const report = await terminateFamily({ root, marker, graceMs: 0, killMs: 60_000 });
    expect(report).toMatchObject({ left: [], rounds: 1, killedCount: 301 });
    expect([report.survivorsBeforeKill.length, report.killed.length]).toEqual([200, 200]);
    expect(await findMarked(marker.name, marker.value)).toEqual([]);
  });

  it('has nothing to do, quickly, when nobody is there', async () => {
    const family = await startFamily('echo ready');
    await vi.waitFor(() => expect(currentRow(family.root.pid)).toBeUndefined(), 20_000);
    expect(signalExactly(family.root, 'SIGTERM')).toBe('gone');
    const report = await terminateFamily({ root: family.root, marker: newMarker(), graceMs: 60_000 });
    expect(report).toMatchObject({ survivorsBeforeKill: [], rounds: 0, killedCount: 0, left: [] });
    expect(report.tookMs).toBeLessThan(60_000);
  });
});
