import { describe, expect, it } from 'vitest';
import { newHome, until } from '../helpers/daemon.ts';
import { leakedProcesses } from '../helpers/leak-guard.ts';
import { standbyCounts, standbysOf, untilStanding } from '../helpers/standby.ts';
import { killGuardianOf, survivorsOf } from '../helpers/survivors.ts';
import { ask, restart, useStandbys } from './standby-rig.ts';

const start = useStandbys();

describe('an agent that was started ahead', () => {
  it('that is killed at the moment of a claim has done nothing: another answers within the same attempt', async () => {
    const { claude, daemon } = await start();
    await ask(daemon, 'one');
    await untilStanding(daemon);
    const standbys = await standbysOf(daemon.home);
    for (const { identity } of standbys) process.kill(identity.pid, 'SIGSTOP');
    const asked = ask(daemon, 'two');
    await until(
      'the claim is in the row',
      async () =>
        (await daemon.value(
          `SELECT count(*)::int FROM tasks WHERE id = 2 AND process->'mark' IS NOT NULL`,
        )) === 1,
    );
    const noted = await daemon.value(`SELECT process->>'pid' FROM tasks WHERE id = 2`);
    expect(standbys.map(({ identity }) => String(identity.pid))).toContain(noted);
    for (const { identity } of standbys) process.kill(identity.pid, 'SIGKILL');
    await asked;
    expect((await standbyCounts(daemon)).givenUp).toMatchObject({ lost: 1 });
    expect(claude.api.requests).toHaveLength(2);
    await untilStanding(daemon);
    await ask(daemon, 'three');
    expect((await standbyCounts(daemon)).used).toBe(1);
  });

  it('leaves nobody after SIGKILL of the daemon, whether it stands or is at work', async () => {
    const home = await newHome({ 'task.killGraceMs': 1_000, 'task.retryMinMs': 100 });
    const { claude, daemon } = await start({ home });
    await untilStanding(daemon);
    await daemon.kill('SIGKILL');
    await until('the guardian has ended it', async () => (await survivorsOf(home)).length === 0);
    await until('nobody else is left', () => leakedProcesses().length === 0);

    const next = await restart(claude, { home });
    await untilStanding(next);
    const detached = `setsid -f sh -c "trap '' TERM; exec sleep 618" >/dev/null 2>&1`;
    next.write(`HUMAN|cli||ask|[[bash ${detached}; sh -c "sleep 619; true"]] [[say done]]\n`);
    await until('it is at work', async () => {
      const found = await survivorsOf(home);
      return found.includes('sleep 618') && found.includes('sleep 619');
    });
    await killGuardianOf(home);
    await next.kill('SIGKILL');
    expect(await survivorsOf(home)).toContain('sleep 618');
    const last = await restart(claude, { home, env: { NINJAD_STANDBY: '0' } });
    await until(
      'it waits for the owner',
      async () => (await last.value('SELECT in_doubt FROM tasks')) === true,
    );
    const left = (await survivorsOf(home)).filter((command) => command.includes('sleep'));
    expect(left).toEqual([]);
  });

  it('is ended with the task that it serves: neither of its Bash tool nor what that has detached is left', async () => {
    const { daemon } = await start({ config: { 'task.killGraceMs': 1_000 } });
    await untilStanding(daemon);
    const detached = `setsid -f sh -c "trap '' TERM; exec sleep 620" >/dev/null 2>&1`;
    const asked = daemon.ninjad('ask', `[[bash ${detached}; sh -c "sleep 621; true"]] [[say done]]`);
    await until('it is at work', async () => (await survivorsOf(daemon.home)).includes('sleep 621'));
    const { processes } = await daemon.client.ask('task.get', { id: 1 });
    expect(processes.map(({ command }) => command)).toEqual(
      expect.arrayContaining([expect.stringContaining('stream-json'), 'sleep 620', 'sleep 621']),
    );
    await daemon.ninjad('task', '1', '--cancel');
    await asked;
    const left = (await survivorsOf(daemon.home)).filter((command) => command.includes('sleep'));
    expect(left).toEqual([]);
    expect((await standbyCounts(daemon)).used).toBe(1);
  });

  it('is lost with the daemon while it serves: of 25 messages each is answered once, and the repeats are told', async () => {
    const home = await newHome({ 'task.killGraceMs': 1_000, 'task.retryMinMs': 100, 'lanes.total': 3 });
    const { claude, daemon } = await start({ home });
    await untilStanding(daemon);
    // The first one, of no conversation, is for the agent that waits.
    const numbers = Array.from({ length: 25 }, (_, index) => index + 1);
    for (const number of numbers) {
      const conversation = number === 1 ? undefined : `c${number}`;
      const text = `question ${number} [[drip 300 this is answer ${number}]]`;
      daemon.write(`HUMAN|cli||ask|${JSON.stringify({ text, conversation })}\n`);
    }
    const isAsked = (number: number) =>
      claude.api.requests.some(({ prompt }) => prompt.includes(`question ${number} `));
    await until('three are being answered', () => [1, 2, 3].every(isAsked));
    await daemon.kill('SIGKILL');

    const next = await restart(claude, { home });
    const done = () => next.value(`SELECT count(*)::int FROM tasks WHERE state = 'done'`);
    await until('all are answered', async () => (await done()) === 25, 240_000);
    const rows = await next.rows(
      `SELECT (regexp_match(prompt, 'question (\\d+)'))[1]::int, tasks.reply, events.reply, events.status
         FROM tasks JOIN events ON events.id = event_id ORDER BY 1`,
    );
    expect(rows).toEqual(
      numbers.map((number) => [number, `this is answer ${number}`, `this is answer ${number}`, 'done']),
    );
    expect(await next.value(`SELECT count(*)::int FROM activity_log WHERE action = 'task.done'`)).toBe(25);
    const told = `SELECT id FROM tasks WHERE reason LIKE 'it was interrupted (%) and repeated%' ORDER BY id`;
    const repeated = (await next.rows(told)).flat();
    expect(repeated).toEqual((await next.rows('SELECT id FROM tasks WHERE attempts = 2 ORDER BY id')).flat());
    expect(repeated.length).toBeGreaterThanOrEqual(1);
    const notices = (await next.rows('SELECT text FROM owner_notices')).flat();
    expect(notices).toHaveLength(1);
    for (const id of repeated) expect(notices[0]).toContain(`task ${String(id)} is tried again`);
  });
});
