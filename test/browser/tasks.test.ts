import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { littleScene } from '../helpers/scene.ts';
import { release, step, tellAgent, toldAgent } from '../helpers/told-agent.ts';

const browser = useBrowser();

describeInBrowser('tasks', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({
      env: toldAgent,
      config: { 'task.killGraceMs': 300, 'task.maxAttempts': 1 },
    });
    await littleScene(daemon);
  });
  afterAll(() => endDaemons());

  it('follows a task as it goes: what it says, which tools it uses, its prompt, its processes; and cancels it', async () => {
    tellAgent(daemon.home, 'slow-page', [
      step.says('I look at the slow page.'),
      step.calls('Bash', { command: 'curl https://web-1.example/gallery' }),
      step.returns('Bash', '502 Bad Gateway', true),
      step.writes('It is down'),
      step.waits('more'),
      step.writes(', and the log says why.'),
      step.waits('never'),
    ]);
    const { page } = await browser.open(daemon, { address: '/#/tasks?state=running' });
    await page.getByText('No task fits').waitFor();
    daemon.write('NORMAL|cron:web||task|why is the gallery slow? play slow-page\n');
    await page.getByRole('listitem').filter({ hasText: 'why is the gallery slow?' }).press('Enter');
    await page.locator('.entry', { hasText: 'It is down' }).waitFor();
    release(daemon.home, 'more');
    await page.locator('.entry', { hasText: 'It is down, and the log says why.' }).waitFor();
    await page.getByRole('tab', { name: 'Prompt' }).click();
    await page.getByLabel('Prompt', { exact: true }).getByText('play slow-page').waitFor();
    await page.getByRole('tab', { name: /Processes/ }).click();
    await page.locator('.processes', { hasText: 'told.sh' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'task');

    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('button', { name: 'Start it again' }).waitFor();
    await page.locator('.panel-head .state', { hasText: 'cancelled' }).waitFor();
    await page.getByRole('tab', { name: 'Transcript' }).click();
    await page.locator('.entry', { hasText: 'curl https://web-1.example/gallery' }).waitFor();
    await page.locator('.entry', { hasText: '502 Bad Gateway' }).first().waitFor();
  });

  it('replays a dead letter', async () => {
    tellAgent(daemon.home, 'twice', [step.fails('no luck')]);
    daemon.write('NORMAL|cron:luck||task|try your luck, play twice\n');
    const { page } = await browser.open(daemon, { address: '/#/tasks?state=dead' });
    const row = page.getByRole('listitem').filter({ hasText: 'try your luck' });
    // Each of its facts stands by itself.
    expect(await row.locator('.task-from').innerText()).toMatch(/^NORMAL cron:luck · task · .*no luck/);
    await page.getByRole('listitem').filter({ hasText: 'try your luck' }).click();
    await page.getByText('no luck').first().waitFor();
    tellAgent(daemon.home, 'twice', [step.says('lucky now'), step.ends('lucky now', 0.5)]);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.panel-head .state', { hasText: 'done' }).waitFor();
    await page.locator('.transcript', { hasText: 'lucky now' }).waitFor();
    await page.getByRole('tab', { name: 'Cost' }).click();
    await page.locator('table', { hasText: '$0.500' }).waitFor();
  });

  it('opens the row that was pressed, though the list has moved before the button came up', async () => {
    tellAgent(daemon.home, 'moves', [step.says('moved'), step.ends('moved')]);
    const { page } = await browser.open(daemon, { address: '/#/tasks' });
    const row = page.getByRole('listitem').filter({ hasText: 'Which certificates end soon?' }).first();
    const box = await row.boundingBox();
    await page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + 12);
    await page.mouse.down();
    daemon.write('NORMAL|cron:move||task|move the list, play moves\n');
    await page.locator('.task-row', { hasText: 'move the list' }).waitFor();
    await page.mouse.up();
    await page.locator('.task-title', { hasText: 'Which certificates end soon?' }).waitFor();
    expect(
      await page
        .getByRole('listitem')
        .filter({ has: page.locator('.task-row') })
        .first()
        .getAttribute('aria-posinset'),
    ).toBe('1');
  });

  it('tells of a task that fails while one looks elsewhere, and leads to it', async () => {
    tellAgent(daemon.home, 'breaks', [step.fails('the bridge is out')]);
    const { page } = await browser.open(daemon, { address: '/#/memory' });
    await page.getByRole('heading', { name: 'Memory' }).waitFor();
    daemon.write('NORMAL|cron:bridge||task|cross the river, play breaks\n');
    const toast = page.locator('.toast', { hasText: '“cross the river, play breaks” failed: ' });
    await toast.waitFor();
    expect(await toast.innerText()).not.toContain('ninjad task');
    expect(await accessibilityFindings(page)).toEqual([]);
    await toast.getByRole('button', { name: 'Look' }).click();
    await page.locator('.task-reason', { hasText: 'the bridge is out' }).waitFor();
  });

  it('finds tasks by state, priority and words, and says when none fits', async () => {
    const { page } = await browser.open(daemon, { address: '/#/tasks' });
    const rows = page.locator('.task-row');
    await rows.filter({ hasText: 'Which certificates end soon?' }).first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('certificates');
    await until(
      'only such tasks are listed',
      async () => (await rows.count()) === (await rows.filter({ hasText: 'certificates' }).count()),
    );
    await page.getByRole('tab', { name: 'Failed' }).click();
    await until(
      'only failed ones',
      async () => (await rows.count()) === (await rows.filter({ hasText: 'failed' }).count()),
    );
    expect(await rows.count()).toBeGreaterThan(0);
    await until('the address says so', () => Promise.resolve(page.url().includes('state=failed')));
    await page.getByLabel('Search tasks').fill('nothing is called so');
    await page.getByText('No task fits').waitFor();
  });
});
