import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeInBrowser, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

vi.setConfig({ testTimeout: 240_000 });
const browser = useBrowser();

/** Rows that a list may keep, see the page's own bounds. */
const mostRows = 2_000;
const mostTransitions = 500;
/** Five times what the longest list may keep. */
const eventsAPart = 10_000;
const panels = ['now', 'chat', 'tasks', 'tree', 'activity'] as const;

describeInBrowser('a page in a flood', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
  }, 200_000);
  afterAll(() => endDaemons());

  const recorded = async (): Promise<number> => Number(await daemon.value('SELECT count(*) FROM events'));
  const lines = (count: number, name: string): string =>
    Array.from({ length: count }, (_, index) => `LOW|cron:disk||metric|${name} ${index}\n`).join('');
  const nodes = (page: Page): Promise<number> => page.locator('*').count();
  const listLength = async (page: Page): Promise<number> =>
    Number(await page.locator('.virtual-row[aria-setsize]').first().getAttribute('aria-setsize'));

  it('is right after a burst of 10,000 events, and answers meanwhile', async () => {
    const { page } = await browser.open(daemon, { address: '/#/activity/events' });
    daemon.write(lines(1, 'before'));
    await page.getByText('before 0').first().waitFor();
    const before = await recorded();
    daemon.write(lines(10_000, 'burst'));
    await page.getByRole('link', { name: 'Tree' }).click();
    await page.getByRole('heading', { name: 'Tree' }).waitFor();
    await page.getByRole('link', { name: 'Activity' }).click();
    await until('all are recorded', async () => (await recorded()) === before + 10_000);
    await page.goto(new URL('/#/activity/events', page.url()).href);
    await page.getByText('burst 9999').first().waitFor();
    const queued = page.locator('.header .fact', { hasText: 'queued' });
    await until('the queue is empty again', async () => (await queued.innerText()).startsWith('0'));
    expect(await nodes(page)).toBeLessThan(2_500);
  });

  it('does not grow on any panel while 40,000 events pass', { timeout: 900_000 }, async () => {
    const visits: Array<{ panel: string; page: Page }> = [];
    for (const panel of panels) {
      const address = panel === 'activity' ? '/#/activity/events' : `/#/${panel}`;
      const { page } = await browser.open(daemon, { address });
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      visits.push({ panel, page });
    }
    const sizes = () =>
      Promise.all(visits.map(async ({ panel, page }) => [panel, await nodes(page)] as const));
    const before = await recorded();
    const growth: Array<Map<string, number>> = [];
    for (let part = 0; part < 4; part += 1) {
      daemon.write(lines(eventsAPart, `flood-${part}`));
      const all = before + eventsAPart * (part + 1);
      await until('they are recorded', async () => (await recorded()) === all, 300_000);
      growth.push(new Map(await sizes()));
    }
    console.log(
      `DOM nodes after each ${eventsAPart} events:`,
      growth.map((each) => JSON.stringify(Object.fromEntries(each))).join(' '),
    );
    for (const { panel, page } of visits) {
      // Once lists are full nothing is added: only what is in sight exists.
      expect(growth[3]?.get(panel), panel).toBeLessThan((growth[0]?.get(panel) ?? 0) + 150);
      if (panel === 'activity') expect(await listLength(page)).toBeLessThanOrEqual(mostRows);
      if (panel === 'tree') expect(await listLength(page)).toBeLessThanOrEqual(mostTransitions);
    }
  });
});
