import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, holdsIn, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

const browser = useBrowser();

describeInBrowser('an address leads to one line of what happened', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({ config: { sensors: { tick: { every: '1h' }, memory: { every: '1h' } } } });
    daemon.write(
      `NORMAL|email:work||mail|${JSON.stringify({ from: 'ann@example.net', fromName: 'Ann', subject: 'Dinner', text: 'On Friday?', account: 'work', folder: 'INBOX' })}\n`,
    );
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
    holdsIn(page, `location.hash === ${JSON.stringify(`#/${address}`)}`);

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

  it('opens a mail, a rule, a sensor and a day', async () => {
    const id = String(await daemon.value(`SELECT id::text FROM events WHERE category = 'mail'`));
    const { page } = await browser.open(daemon, { address: `/#/activity/mail/${id}` });
    await dialogOf(page, 'Dinner').getByText('On Friday?').waitFor();
    await page.keyboard.press('Escape');
    await isAt(page, 'activity/mail');
    await page.locator('.mail-row', { hasText: 'Dinner' }).click();
    await isAt(page, `activity/mail/${id}`);
    await goTo(page, 'activity/mail/4711');
    await dialogOf(page, 'Not here').getByText('There is no mail 4711').waitFor();

    await goTo(page, 'rules/human');
    await page.locator('.rule-row.is-chosen', { hasText: 'human' }).waitFor();
    await goTo(page, 'sensors/tick');
    await page.locator('.sensor.is-chosen', { hasText: 'tick' }).waitFor();
    expect(await page.locator('.is-chosen').count()).toBe(1);
    await goTo(page, 'day/2026-03-29');
    await page.locator('.day-name', { hasText: 'Sunday 29 March' }).waitFor();
    await page.getByRole('button', { name: 'The day before' }).click();
    await isAt(page, 'day/2026-03-28');
    await page.getByRole('button', { name: 'Today' }).click();
    await isAt(page, 'day');
  });

  it('keeps what a list is narrowed to, and narrows it to a source and a family of sources', async () => {
    daemon.write('LOW|cron:disk||metric|91%\nLOW|cron:door||metric|shut\n');
    const { page } = await browser.open(daemon, { address: '/#/activity' });
    await page.locator('.event-row', { hasText: 'shut' }).waitFor();
    const shown = () => page.locator('.event-row').allInnerTexts();
    await page.getByLabel('Source').fill('cron:*');
    await page.getByLabel('Source').press('Enter');
    await isAt(page, 'activity/events?source=cron%3A*');
    await page.locator('.event-row', { hasText: 'boiler' }).waitFor({ state: 'detached' });
    expect(await shown()).toHaveLength(2);
    await page.reload();
    await page.locator('.event-row', { hasText: '91%' }).waitFor();
    expect(await page.getByLabel('Source').inputValue()).toBe('cron:*');
    expect(await shown()).toHaveLength(2);
    daemon.write('LOW|cron:door||metric|open\nLOW|shell||metric|elsewhere\n');
    await page.locator('.event-row', { hasText: 'open' }).waitFor();
    expect((await shown()).join()).not.toContain('elsewhere');
    await page.getByLabel('Source').fill('cron:d_sk');
    await page.getByLabel('Source').press('Enter');
    await page.getByText('No event fits').waitFor();
    await page.getByRole('button', { name: 'Show all of them' }).click();
    await page.locator('.event-row', { hasText: 'boiler' }).waitFor();
  });
});
