import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

const browser = useBrowser();

describeInBrowser('an address leads to one line of what happened', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
    daemon.write('LOW|shell||note|the boiler is in the cellar\nLOW|shell||note|the ladder is in the shed\n');
    await until(
      'both are recorded',
      async () => (await daemon.value(`SELECT count(*)::int FROM events WHERE category = 'note'`)) === 2,
    );
    await daemon.rows(
      `INSERT INTO activity_log (id, at, actor, action, summary) OVERRIDING SYSTEM VALUE
         VALUES (900, now() - interval '2 days', 'agent', 'task.note', 'the tide is low');
       INSERT INTO owner_notices (id, at, origin, text) OVERRIDING SYSTEM VALUE
         SELECT 700 + n, now() - n * interval '1 minute', 'task', 'notice ' || n FROM generate_series(1, 3) n`,
    );
  });
  afterAll(() => endDaemons());

  const dialogOf = (page: Page, name: string) => page.getByRole('dialog', { name });
  const goTo = (page: Page, address: string) =>
    page.evaluate(`location.hash = ${JSON.stringify(`#/${address}`)}`);
  const isAt = (page: Page, address: string) =>
    page.waitForFunction(`location.hash === ${JSON.stringify(`#/${address}`)}`);

  it('opens an event by its number, and Back leads out of it', async () => {
    const ids = await daemon.rows(`SELECT id::text FROM events WHERE category = 'note' ORDER BY id`);
    const [id, next] = ids.flat().map(Number) as [number, number];
    const { page } = await browser.open(daemon, { address: `/#/activity/events/${id}` });
    const event = dialogOf(page, `Event ${id}`);
    await event.getByText('the boiler is in the cellar').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await event.waitFor({ state: 'detached' });
    await isAt(page, 'activity/events');

    await page.locator('.event-row', { hasText: 'the ladder' }).click();
    await dialogOf(page, `Event ${next}`).getByText('the ladder is in the shed').waitFor();
    await isAt(page, `activity/events/${next}`);
    await page.goBack();
    await dialogOf(page, `Event ${next}`).waitFor({ state: 'detached' });
    await isAt(page, 'activity/events');

    await goTo(page, 'now');
    await page.locator('.now .now-words').waitFor();
    await goTo(page, `activity/events/${id}`);
    await event.waitFor();
    await page.goBack();
    await page.locator('.now .now-words').waitFor();
    await isAt(page, 'now');
  });

  it('opens a line of the log and a notice, which is seen then, and says of one that is gone that it is', async () => {
    const { page } = await browser.open(daemon, { address: '/#/activity/log/900' });
    await dialogOf(page, 'task.note').getByText('the tide is low').waitFor();
    await goTo(page, 'activity/log/899');
    await dialogOf(page, 'Not here').getByText('There is no line of the log 899').waitFor();

    await goTo(page, 'activity/notices/702');
    await dialogOf(page, 'Notice').getByText('notice 2', { exact: true }).waitFor();
    await until(
      'it alone is seen',
      async () => (await daemon.value('SELECT count(seen_at)::int FROM owner_notices')) === 1,
    );
    await page.keyboard.press('Escape');
    await dialogOf(page, 'Notice').waitFor({ state: 'detached' });
    await isAt(page, 'activity/notices');
    await goTo(page, 'activity/notices/4711');
    await dialogOf(page, 'Not here').getByText('There is no notice 4711').waitFor();
  });
});
