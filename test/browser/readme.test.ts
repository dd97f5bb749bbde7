import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { littleScene } from '../helpers/scene.ts';
import { step, tellAgent, toldAgent } from '../helpers/told-agent.ts';

const browser = useBrowser();
/** `npm run screenshots` writes the pictures of README and TOUR.md anew. */
const isForReadme = process.env['NINJAD_SCREENSHOTS'] !== undefined;
const mostBytes = 250_000;

const reply = `The nas had **one** complaint:

| when | what |
| --- | --- |
| 02:31 | backup to the shed timed out |
| 02:47 | second try went through, 41 GB in 12 minutes |

\`\`\`sh
rsync: [sender] connection unexpectedly closed (0 bytes received so far)
\`\`\`

The shed had lost its Wi-Fi for some minutes; \`ping shed.lan\` answers again. I would

1. leave it as it is, and
2. look again if it happens a second night.`;

/** What the tour shows beside chat and Now: where it is, and what has to be there. */
const stations = [
  ['recall', 'memory?text=where%20are%20the%20photos', '.recall'],
  ['wish', 'decide/wishes/1', '.diff-lines'],
  ['fleet', 'fleet', '.machine'],
  ['day', 'day', '.day-job'],
  ['tree', 'tree/root/tree/router', '.chart-state.is-lit'],
] as const;

describeInBrowser('the pictures of README and of the tour', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({ env: toldAgent, config: { 'spend.dailyUsd': 5, 'task.killGraceMs': 300 } });
    await littleScene(daemon);
    await daemon.rows(`DELETE FROM machines WHERE name = 'shed'`);
    await daemon.rows(dayOfWork);
    await until(
      'it has measured itself',
      async () => (await daemon.value('SELECT count(*)::int FROM self_samples')) !== 0,
    );
    await daemon.rows(dayOfWaiting);
    await daemon.rows(nightRuns);
    // A goal that goes on tells the daemon of all that the scene has put into its store.
    const { id } = await daemon.client.ask('goal.named', { name: 'morning report' });
    for (const paused of [true, false]) await daemon.client.ask('goal.pause', { id, paused });
  });
  afterAll(() => endDaemons());

  it('show work going on, a conversation, and the rest in an ordinary week', async () => {
    tellAgent(
      daemon.home,
      'night',
      [
        step.says('I look at what it wrote.'),
        step.calls('Bash', { command: 'ssh nas.lan journalctl --since 22:00 -p warning' }),
        step.returns('Bash', '02:31 backup to shed: timed out'),
        step.writes(reply),
        step.says(reply),
        step.ends(reply, 0.084),
      ],
      'say in the night?',
    );
    tellAgent(
      daemon.home,
      'gallery',
      [
        step.says('I look at the slow page first.'),
        step.calls('Bash', {
          command: 'curl -so /dev/null -w "%{time_total}" https://web-1.example/gallery/12',
        }),
        step.waits('never'),
      ],
      'slow since Tuesday?',
    );
    tellAgent(
      daemon.home,
      'disk',
      [step.writes('Of the 91 GB on /data, 30 are old snapshots'), step.waits('never')],
      '/data is 91 % full: what can go?',
    );
    ask(daemon, 'night', 'What did the nas say in the night?');
    await until(
      'the night is told',
      async () =>
        (await daemon.value(`SELECT count(*)::int FROM tasks WHERE reply LIKE 'The nas had%'`)) === 1,
    );
    ask(daemon, 'gallery', 'Why is the gallery slow since Tuesday?');
    daemon.write('HIGH|fleet:nas||task|/data is 91 % full: what can go?\n');

    const { page } = await browser.open(daemon, { address: '/#/chat/night' });
    const show = (place: string) => page.evaluate(`location.hash = ${JSON.stringify(`#/${place}`)}`);
    await page.locator('.reply', { hasText: 'a second night' }).waitFor();
    await page.locator('.talk.is-here:not(.is-unread)').waitFor();
    await keep(page, 'chat');
    await show('now');
    await page.locator('.now-words li', { hasText: '91 % full: what' }).waitFor();
    await page.getByRole('tab', { name: 'Day', exact: true }).click();
    await page.locator('.plot canvas').nth(3).waitFor();
    await page.locator('.ninja-mood', { hasText: 'juggling' }).waitFor();
    await keep(page, 'now');

    for (const [name, place, selector] of stations) {
      await show(place);
      await page.locator(selector).first().waitFor();
      await keep(page, `tour-${name}`);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to anything' }).fill('nas');
    await page.locator('.palette-row', { hasText: 'host' }).first().waitFor();
    await page.locator('.palette-row', { hasText: 'task' }).first().waitFor();
    await keep(page, 'tour-palette');
    const phone = await browser.open(daemon, { address: '/#/now', size: 'phone' });
    await phone.page.locator('.now-words li', { hasText: '91 % full: what' }).waitFor();
    await keep(phone.page, 'tour-phone');
  });
});

it('are those that README and TOUR.md show', () => {
  const shown = ['README.md', 'TOUR.md'].flatMap((file) =>
    [...readFileSync(packagePath(file), 'utf8').matchAll(/\]\(\.github\/screenshots\/([^)]+)\)/g)].map(
      ([, name]) => name,
    ),
  );
  expect([...new Set(shown)].sort()).toEqual(readdirSync(packagePath('.github', 'screenshots')).sort());
});

/** Tasks of a day, more of them by day than by night; a few failed. */
const dayOfWork = `
  INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
  SELECT 20000 + n, 3, 'cron:disk', 'task', 'Look at the backups', at, at, 'task', 'tasks', 'done'
    FROM generate_series(1, 70) n, LATERAL (SELECT now() - interval '1 hour' * (24.0 * n / 70 + sin(n / 9.0)) AS at) t;
  INSERT INTO tasks (event_id, priority, source, category, prompt, state, outcome, reply, attempts, run_after, cost_usd, queued_at, started_at, finished_at)
  SELECT id, 3, source, category, payload, CASE WHEN id % 23 = 0 THEN 'failed' ELSE 'done' END,
         CASE WHEN id % 23 = 0 THEN 'failed' ELSE 'succeeded' END, 'All is well.', 1, received_at, 0.004 * (id % 7), received_at, received_at,
         received_at + interval '40 seconds'
    FROM events WHERE id BETWEEN 20001 AND 20070;
  INSERT INTO task_costs (at, task_id, category, model, cost_usd, input_tokens, output_tokens)
  SELECT finished_at, id, category, 'claude-sonnet', cost_usd, 1200, 340 FROM tasks WHERE event_id > 20000 AND cost_usd > 0`;

/** What ran by the clock since midnight. */
const nightRuns = `
  INSERT INTO job_fires (job_id, kind, nominal_at, state, reason, worker, claimed_at, due_at, started_at, ended_at)
  SELECT 'goal:' || id, 'goal', at, CASE WHEN n = 3 THEN 'failed' ELSE 'done' END, CASE WHEN n = 3 THEN 'the shed did not answer' END,
         gen_random_uuid(), at, at, at, at + n % 3 * interval '4 minutes' + interval '40 seconds'
    FROM goals, generate_series(1, 5) n, LATERAL (SELECT date_trunc('hour', now()) - n * interval '95 minutes' - id * interval '7 minutes' AS at) t
   WHERE enabled ON CONFLICT DO NOTHING`;

/** What waited at once in each minute of that day. */
const dayOfWaiting = `
  INSERT INTO self_samples (worker, step_s, at, figures)
  SELECT worker, 60, date_trunc('minute', now()) - n * interval '1 minute',
         jsonb_build_object('mailboxDepth', greatest(0, round(3 + 4 * sin(n / 200.0) + 2 * sin(n / 37.0))))
    FROM (SELECT worker FROM self_samples LIMIT 1) own, generate_series(2, 1440) n ON CONFLICT DO NOTHING`;

function ask(daemon: TestDaemon, conversation: string, text: string): void {
  daemon.write(`HUMAN|dashboard||chat|${JSON.stringify({ text, conversation })}\n`);
}

async function keep(page: Page, name: string): Promise<void> {
  const path = await screenshot(page, `readme-${name}`);
  expect(statSync(path).size).toBeLessThan(mostBytes);
  if (!isForReadme) return;
  mkdirSync(packagePath('.github', 'screenshots'), { recursive: true });
  await page.screenshot({
    path: packagePath('.github', 'screenshots', `${name}.png`),
    animations: 'disabled',
  });
}
