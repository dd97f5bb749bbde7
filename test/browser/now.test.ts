import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  accessibilityFindings,
  describeInBrowser,
  holdLine,
  screenshot,
  sizes,
  useBrowser,
} from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { littleScene } from '../helpers/scene.ts';
import { release, step, tellAgent, toldAgent } from '../helpers/told-agent.ts';

const browser = useBrowser();

/** How many pixels of the panel one has to scroll to. */
const overflowOf = (page: Page) =>
  page.evaluate<number>(
    `(() => { const main = document.querySelector('main'); return main.scrollHeight - main.clientHeight; })()`,
  );

describeInBrowser('now', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({ env: toldAgent, config: { 'spend.dailyUsd': 50, 'task.killGraceMs': 300 } });
    await littleScene(daemon);
    // One that is down is the first thing that the ninja tells of.
    expect((await daemon.ninjad('fleet', 'remove', 'shed')).code).toBe(0);
  });
  afterAll(() => endDaemons());

  it('answers on one screen how it is, what runs, what waits and what went wrong, with plots', async () => {
    tellAgent(daemon.home, 'long', [step.writes('reading the log'), step.waits('go'), step.ends('read', 60)]);
    daemon.write(
      'NORMAL|cron:log||task|read the log of the night, play long\nNORMAL|cron:log||task|and of the day, play long\n',
    );
    await daemon.client.ask('goal.add', { name: 'morning look', when: 'every day at 9', prompt: 'look' });
    const { page } = await browser.open(daemon);
    await page.locator('.now-words li', { hasText: 'read the log of the night' }).waitFor();
    await page.locator('.ninja-mood', { hasText: 'juggling' }).waitFor();
    await page.getByText('2 tasks run at once.').waitFor();
    for (const text of ['2 wishes to decide', '2 findings to look at', 'given-up tasks to try again'])
      await page.getByRole('link', { name: new RegExp(text) }).waitFor();
    await page.getByRole('link', { name: /nas/ }).waitFor();
    await page.getByRole('link', { name: 'morning look' }).waitFor();
    await page.getByRole('tab', { name: 'Week' }).click();
    await page.getByRole('img', { name: 'Tasks done: 8 in all' }).waitFor();
    await page.locator('.plot canvas').nth(2).waitFor();
    expect(await overflowOf(page)).toBe(0);
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'now');
  });

  it('lets the ninja be petted, fed, and be broke when the cap is used up', async () => {
    const { page } = await browser.open(daemon);
    await page.getByRole('button', { name: 'Feed' }).click();
    await page.locator('.ninja-pet .is-happy').waitFor();
    release(daemon.home, 'go');
    await page.locator('.ninja-mood', { hasText: 'broke' }).waitFor();
    await page.getByText(/Today’s cap of \$50.00 is used up/).waitFor();
    await page.locator('.now-words a', { hasText: 'only your own messages run' }).waitFor();
  });

  it('paces while the line is cut, says since when, and is itself again when it is mended', async () => {
    const visit = await browser.openContext();
    const { page } = visit;
    visit.forgive(/WebSocket/);
    const line = await holdLine(page);
    await page.goto((await daemon.client.ask('dashboard.link', { renew: false })).url);
    await page.locator('.ninja-mood', { hasText: /broke/ }).waitFor();
    await line.cut();
    await page.locator('.ninja-mood', { hasText: 'pacing' }).waitFor();
    await page.locator('.lost', { hasText: 'The daemon does not answer' }).waitFor();
    line.mend();
    await page.locator('.lost').waitFor({ state: 'detached' });
    await page.locator('.ninja-mood', { hasText: 'broke' }).waitFor();
  });

  it('keeps what you were told while the page was away until you have seen it', async () => {
    const visit = await browser.openContext();
    const { page } = visit;
    visit.forgive(/WebSocket/);
    const line = await holdLine(page);
    await page.goto((await daemon.client.ask('dashboard.link', { renew: false })).url);
    const told = page.locator('.notice');
    await told.filter({ hasText: 'and the cap is $50.00' }).waitFor();

    await line.cut();
    await daemon.rows(
      `INSERT INTO owner_notices (at, origin, text, task_id) VALUES (now(), 'task', '<b>The hose</b> is leaking.', 1)`,
    );
    await daemon.ninjad('config', 'set', 'spend.dailyUsd', '500');
    await until(
      'the daemon has money again',
      async () =>
        (await daemon.value(`SELECT count(*)::int FROM owner_notices WHERE text LIKE 'There is money%'`)) ===
        1,
    );
    line.mend();
    await told.filter({ hasText: 'There is money again' }).waitFor();
    await told.filter({ hasText: '<b>The hose</b> is leaking.' }).waitFor();
    expect(await told.count()).toBe(2);
    expect(await overflowOf(page)).toBe(0);
    await page.getByRole('link', { name: /^Now\s*2 to read$/ }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'now-notices');
    await page.setViewportSize(sizes.phone);
    await told.last().scrollIntoViewIfNeeded();
    await screenshot(page, 'now-notices');
    await page.setViewportSize(sizes.wide);

    await told.filter({ hasText: 'hose' }).getByRole('button', { name: /^Seen/ }).click();
    await told.filter({ hasText: 'hose' }).waitFor({ state: 'detached' });
    await page.reload();
    await told.filter({ hasText: 'There is money again' }).waitFor();
    expect(await told.count()).toBe(1);
    await page.getByRole('button', { name: 'Seen: There is money again' }).click();
    await told.first().waitFor({ state: 'detached' });
    await until(
      'the daemon keeps it',
      async () => (await daemon.value('SELECT count(*)::int FROM owner_notices WHERE seen_at IS NULL')) === 0,
    );

    await daemon.rows(
      `INSERT INTO owner_notices (at, origin, text) SELECT now(), 'task', 'number ' || n FROM generate_series(1, 3) n`,
    );
    await told.filter({ hasText: 'number 3' }).waitFor();
    await page.getByRole('link', { name: '1 more' }).waitFor();
    await page.getByRole('button', { name: 'All seen' }).click();
    await told.first().waitFor({ state: 'detached' });
    await until(
      'the daemon keeps that too',
      async () => (await daemon.value('SELECT count(*)::int FROM owner_notices WHERE seen_at IS NULL')) === 0,
    );

    await page.evaluate(`location.hash = '#/activity/notices'`);
    const rows = page.locator('.notice-row');
    await rows.filter({ hasText: 'hose' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('<b>The hose</b> is leaking.').waitFor();
    expect(await rows.filter({ hasText: 'seen' }).count()).toBe(6);
    expect(await accessibilityFindings(page)).toEqual([]);
    await dialog.getByRole('link', { name: 'task 1' }).click();
    await page.getByRole('heading', { name: 'Task 1' }).waitFor();
  });

  it('puts a notice off until tomorrow morning, takes that back by Undo, and what was seen too', async () => {
    const { page } = await browser.open(daemon);
    await daemon.rows(
      `INSERT INTO owner_notices (at, origin, text) VALUES (now(), 'task', 'The filter wants cleaning.')`,
    );
    const told = page.locator('.notice', { hasText: 'The filter wants cleaning.' });
    const putOff = () =>
      daemon.value(`SELECT put_off_until > now() FROM owner_notices WHERE text LIKE 'The filter%'`);
    await told.getByRole('button', { name: /^Later/ }).click();
    await told.waitFor({ state: 'detached' });
    await until('the daemon keeps it', async () => (await putOff()) === true);
    await page
      .locator('.toast', { hasText: 'tomorrow morning' })
      .getByRole('button', { name: 'Undo' })
      .click();
    await told.waitFor();
    await until('the daemon has taken it back', async () => (await putOff()) === null);
    await told.getByRole('button', { name: /^Seen/ }).click();
    await told.waitFor({ state: 'detached' });
    await page.locator('.toast', { hasText: 'Seen.' }).getByRole('button', { name: 'Undo' }).click();
    await told.waitFor();

    await told.getByRole('button', { name: /^Later/ }).click();
    await told.waitFor({ state: 'detached' });
    await page.evaluate(`location.hash = '#/activity/notices'`);
    const row = page.locator('.notice-row', { hasText: 'The filter wants cleaning.' });
    await row.getByText('later').waitFor();
    await daemon.rows(`UPDATE owner_notices SET put_off_until = now() WHERE text LIKE 'The filter%'`);
    await page.evaluate(`location.hash = '#/now'`);
    // It is time: the open page shows it again by itself.
    await told.waitFor();
  });

  it('stands still for whoever wants no motion', async () => {
    const moving = await browser.open(daemon, { reducedMotion: false });
    const still = await browser.open(daemon);
    const animated = `[...document.querySelectorAll('.ninja *')].filter((part) => getComputedStyle(part).animationName !== 'none').length`;
    expect(await moving.page.evaluate(animated)).toBeGreaterThan(0);
    expect(await still.page.evaluate(animated)).toBe(0);
  });
});
