import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

const browser = useBrowser();

describeInBrowser('goals', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({
      config: { goals: { declared: { when: 'every sunday at 18:00', prompt: 'What did the week cost?' } } },
    });
  });
  afterAll(() => endDaemons());

  it('are added with a preview of their instants, edited, run, looked into and removed, also with a way back', async () => {
    const { page } = await browser.open(daemon, { address: '/#/goals' });
    await page.locator('.decision', { hasText: 'declared' }).getByText('config.json').waitFor();
    await page.getByRole('button', { name: 'Add a goal' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What it is called').fill('night report');
    await dialog.getByLabel('When', { exact: true }).fill('every blue moon');
    await dialog.getByText('is not understood: did you mean').waitFor();
    await dialog.getByLabel('When', { exact: true }).fill('0 9 * * 1-5');
    await dialog.getByText('weekdays at 09:00').waitFor();
    await dialog.getByLabel('When', { exact: true }).fill('every day at 2:30');
    await dialog.getByLabel('Time zone').fill('Europe/Berlin');
    await dialog.getByText('30 2 * * *').waitFor();
    expect(await dialog.locator('.goal-preview ol li').count()).toBe(3);
    await dialog.getByText(/the clocks of Europe\/Berlin skip 02:30/).waitFor();
    await dialog.getByLabel('What the agent is asked').fill('What happened in the night?');
    await dialog.getByText('Checks, limits and quiet hours').click();
    await dialog.getByLabel('Done-check').fill('echo there is no archive; false');
    await dialog.getByLabel('Budget of a run in US$').fill('0.25');
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'goal-form');
    await dialog.getByRole('button', { name: 'Add it' }).click();
    const goal = page.locator('.decision', { hasText: 'night report' });
    await goal.getByText('every day at 2:30').waitFor();
    expect(
      await daemon.rows(
        `SELECT schedule, time_zone, budget_usd::float8, made_by FROM goals WHERE name = 'night report'`,
      ),
    ).toEqual([['30 2 * * *', 'Europe/Berlin', 0.25, 'dashboard']]);

    await goal.getByRole('button', { name: 'Run now' }).click();
    await goal
      .locator('.goal-history')
      .getByText('the done-check failed: it ended with status 1: there is no archive')
      .first()
      .waitFor();
    await goal.locator('.goal-last').getByText('· done-check failed').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'goals');

    await goal.getByRole('button', { name: 'Edit' }).click();
    await dialog.getByLabel('Done-check').fill('');
    await dialog.getByLabel('When', { exact: true }).fill('every 90 minutes');
    await dialog.getByRole('button', { name: 'Change it' }).click();
    await goal.getByText('every 90 minutes').waitFor();
    expect(
      await daemon.rows(
        `SELECT every_ms, done_check, budget_usd::float8 FROM goals WHERE name = 'night report'`,
      ),
    ).toEqual([[5_400_000, null, 0.25]]);

    const isKept = async () =>
      (await daemon.client.ask('goals.list', {})).some(({ name }) => name === 'night report');
    await goal.getByRole('button', { name: 'Remove' }).click();
    await goal.waitFor({ state: 'detached' });
    await until('it is gone', async () => !(await isKept()));
    await page
      .locator('.toast', { hasText: 'is removed' })
      .getByRole('button', { name: 'Undo', exact: true })
      .click();
    await goal.waitFor();
    expect(await isKept()).toBe(true);
    await goal.getByRole('button', { name: 'History' }).click();
    await goal.locator('.goal-history li').first().waitFor();
    await goal.getByRole('button', { name: 'Remove' }).click();
    await goal.waitFor({ state: 'detached' });
    const removed = await daemon.ninjad('goals', 'restore', 'night report');
    expect(removed).toMatchObject({ code: 0, stdout: 'night report is back\n' });
    await goal.waitFor();
  });

  it('have addresses of their own, by number and by name', async () => {
    const { id } = await daemon.client.ask('goal.named', { name: 'declared' });
    const { page } = await browser.open(daemon, { address: `/#/goals/${id}` });
    const goal = page.locator('.goal.is-chosen:focus', { hasText: 'declared' });
    await goal.getByText('It has never run.').waitFor();
    await page.evaluate(`location.hash = '#/goals'`);
    await page.locator('.goal.is-chosen').waitFor({ state: 'detached' });
    await page.evaluate(`location.hash = '#/goals/declared'`);
    await goal.waitFor();
    await page.evaluate(`location.hash = '#/goals/4711'`);
    await page.getByText('There is no goal 4711').waitFor();
  });

  it('fit a phone, with a thousand of them too', async () => {
    await daemon.rows(
      `INSERT INTO goals (name, schedule, time_zone, prompt, failures_in_a_row, enabled, paused_reason, created_at, updated_at)
       SELECT 'goal ' || n, '0 7 * * *', 'Europe/Berlin', repeat('word ', 40) || repeat('x', 200), n % 3, n % 5 > 0,
              CASE WHEN n % 5 = 0 THEN 'it failed 10 times in a row, the last time since the disk is gone' END, now(), now()
         FROM generate_series(1, 1000) n`,
    );
    const { page } = await browser.open(daemon, { address: '/#/goals', size: 'phone' });
    await page.locator('.decision', { hasText: 'goal 1' }).first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await screenshot(page, 'goals');
    await page.getByRole('button', { name: 'Show more' }).click();
    await until('there are more', async () => (await page.locator('.decision').count()) > 150);
    await page.getByRole('button', { name: 'Add a goal' }).click();
    await page.getByRole('dialog').waitFor();
    await screenshot(page, 'goal-form');
  });
});
