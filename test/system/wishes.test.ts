import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { endDaemons, newHome, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { step, tellAgent, toldAgent } from '../helpers/told-agent.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

/** A checkout with one commit, and a patch on it. */
function checkout() {
  const folder = tempDir();
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=o', '-c', 'user.email=o@example.net', ...args], {
      encoding: 'utf8',
    }).trim();
  git('init', '-q', '-b', 'main');
  writeFileSync(join(folder, 'mail.txt'), 'whole\n');
  git('add', '.');
  git('commit', '-qm', 'Begin');
  const base = git('rev-parse', 'HEAD');
  writeFileSync(join(folder, 'mail.txt'), 'cut\n');
  const patch = `${git('diff', '--full-index')}\n`;
  git('checkout', '-q', '--', '.');
  return { folder, git, base, patch };
}

/** Mails of the last two days of which half failed, and a mail each two days before that did not. */
const madeOperation = `
  INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
    SELECT 9000 + n, 3, 'email', 'mail', 'x', now(), now() - interval '1 day', 'task', 'r', 'done' FROM generate_series(1, 8) AS n;
  INSERT INTO tasks (event_id, state, priority, source, category, prompt, outcome, reason, queued_at, run_after, started_at, finished_at)
    SELECT 9000 + n, CASE WHEN n % 2 = 0 THEN 'dead' ELSE 'done' END, 3, 'email', 'mail', 'x', 'x', 'it took longer than 11 m', at, at, at, at
      FROM generate_series(1, 8) AS n, LATERAL (SELECT now() - interval '1 day' AS at) AS times`;

const proposal = {
  title: 'Cut long mails before they are read',
  why: 'Half of the mails ran into their limit.',
  evidence: [{ kind: 'category', ref: 'mail', note: '4 of 8 failed' }],
  expected: { metric: 'task.failureRate:mail', today: 0.5, goal: 0.1 },
  measuredBy: 'the failure rate',
  effort: 'small',
  risk: 'an attachment may be missed',
};

it('wishes are made, decided, reviewed and applied on the command line, and keep their promise', async () => {
  const home = await newHome({ 'task.maxAttempts': 1, 'drafter.repository': '/nowhere/repository' });
  tellAgent(
    home,
    'retro',
    [step.ends(JSON.stringify({ wishes: [proposal] }))],
    'You look back at how ninjad',
  );
  const daemon = await startDaemon({ home, env: toldAgent });
  const json = async <T = Record<string, unknown>>(...args: string[]): Promise<T> => {
    const { stdout, stderr, code } = await daemon.ninjad(...args, '--json');
    expect({ stderr, code, stdout: code === 0 ? '' : stdout }).toEqual({ stderr: '', code: 0, stdout: '' });
    return JSON.parse(stdout) as T;
  };

  // The owner's own, from both of their ways in words.
  expect(await json('wishes', 'add', 'Speak Norwegian', '--text', 'My neighbour reads along.')).toMatchObject(
    {
      ...{
        id: 1,
        title: 'Speak Norwegian',
        why: 'My neighbour reads along.',
        origin: 'owner',
        state: 'proposed',
      },
      ...{ evidence: [], expected: null, draft: null, reason: null },
    },
  );
  const twin = await daemon.ninjad('wishes', 'add', 'speak norwegian!');
  expect([twin.code, twin.stderr]).toEqual([1, 'ninjad: a wish of this title is open already\n']);
  expect(
    (await daemon.ninjad('ask', '/wish Whistle when a disk is full\nI am often in the shed.')).stdout,
  ).toContain('Wish 2 is noted');
  expect(await json('wishes', 'approve', '2', '--reason', 'yes')).toMatchObject({
    state: 'approved',
    reason: 'yes',
  });
  expect(await json('wishes', 'reject', '2', '--reason', 'the shed has no speaker')).toMatchObject({
    state: 'rejected',
    reason: 'the shed has no speaker',
  });
  const late = await daemon.ninjad('wishes', 'reject', '2');
  expect([late.code, late.stderr]).toEqual([1, 'ninjad: wish 2 is rejected: there is nothing to reject\n']);
  expect((await daemon.ninjad('wishes', 'show', 'two')).code).toBe(2);
  expect((await daemon.ninjad('wishes', 'show', '77')).stderr).toBe('ninjad: there is no wish 77\n');

  // A look back, by hand.
  await daemon.rows(madeOperation);
  expect(await json('retrospective', 'run')).toMatchObject({
    state: 'completed',
    proposals: [{ became: 'proposed', wish: 3 }],
  });
  expect(await json('wishes', 'show', '3')).toMatchObject({
    ...{ origin: 'retrospective', state: 'proposed', effort: 'small' },
    expected: { metric: 'task.failureRate:mail', today: 0.5, goal: 0.1 },
    evidence: proposal.evidence,
  });
  expect(await json('retrospective', 'run')).toMatchObject({ proposals: [{ became: 'dropped', wish: 3 }] });
  await json('wishes', 'approve', '3');

  // A draft as the drafter leaves it, and the owner's own apply.
  const { folder, git, base, patch } = checkout();
  await drafted(daemon, { repository: folder, base, patch });
  expect(await json<unknown[]>('wishes', 'list', '--state', 'drafted')).toMatchObject([
    {
      id: 3,
      draft: {
        version: 1,
        base,
        additions: 1,
        deletions: 1,
        files: [{ path: 'mail.txt' }],
        flags: [],
        costUsd: 0.2,
      },
    },
  ]);
  expect((await daemon.ninjad('wishes', 'patch', '3')).stdout).toBe(patch);
  expect((await daemon.ninjad('wishes', 'diff', '3')).stdout).toContain('+cut');
  writeFileSync(join(folder, 'dirt.txt'), 'mine');
  const dirty = await daemon.ninjad('wishes', 'apply', '3', '--checkout', folder);
  expect(dirty.code).toBe(1);
  expect(dirty.stderr).toContain('is not clean');
  git('clean', '-qf');
  expect(await json('wishes', 'apply', '3', '--checkout', folder)).toMatchObject({
    ...{ state: 'applied', branch: 'ninjad/wish-3', checkout: folder },
  });
  expect(git('show', 'ninjad/wish-3:mail.txt')).toBe('cut');
  expect([git('branch', '--show-current'), git('status', '--porcelain')]).toEqual(['main', '']);

  // Three days later half as much fails as nothing.
  await daemon.rows(`UPDATE wishlist SET applied_at = now() - interval '3 days' WHERE id = 3;
    UPDATE tasks SET finished_at = now() - interval '4 days' WHERE category = 'mail';
    UPDATE tasks SET state = 'done', finished_at = now() - interval '1 day' WHERE category = 'mail' AND event_id > 9004`);
  await json('retrospective', 'run');
  expect(await json('wishes', 'show', '3')).toMatchObject({
    state: 'kept',
    promise: { metric: 'task.failureRate:mail', before: 0.5, after: 0, goal: 0.1, kept: true },
  });
  expect((await daemon.ninjad('wishes')).stdout).toContain(
    'of 1 wishes of the retrospective that were decided, 100 % were accepted',
  );
  const prompts = await daemon.rows(
    `SELECT prompt FROM tasks WHERE category = 'retrospective' ORDER BY id DESC LIMIT 1`,
  );
  expect(String(prompts[0]?.[0])).toContain(
    'wish 2 (Whistle when a disk is full) was rejected: the shed has no speaker',
  );

  // Drafting now ends in a sentence, whatever this machine has.
  await json('wishes', 'approve', '1');
  const { code, stdout } = await daemon.ninjad('wishes', 'draft', '1', '--json');
  const { state, reason } = JSON.parse(stdout) as { state: string; reason: string | null };
  expect(['drafted', 'blocked', 'failed']).toContain(state);
  expect(code).toBe(state === 'drafted' ? 0 : 1);
  if (state !== 'drafted') expect(reason).toMatch(/\w+ \w+/);
});

/** Takes the wish through the states, as a night does. */
async function drafted(
  daemon: TestDaemon,
  { repository, base, patch }: { repository: string; base: string; patch: string },
): Promise<void> {
  await until(
    'it is approved',
    async () => (await daemon.value('SELECT state FROM wishlist WHERE id = 3')) === 'approved',
  );
  await daemon.rows(`
    INSERT INTO wish_drafts (wish_id, version, state, started_by, repository, base, patch, summary, files, additions, deletions, cost_usd, started_at, ended_at)
      VALUES (3, 1, 'drafted', 'night', '${repository}', '${base}', $patch$${patch}$patch$, 'cuts mails',
              '[{"path": "mail.txt", "additions": 1, "deletions": 1, "flags": []}]', 1, 1, 0.2, now(), now());
    UPDATE wishlist SET state = 'drafted', version = 1, drafted_at = now() WHERE id = 3`);
}
