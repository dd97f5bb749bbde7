import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  accessibilityFindings,
  describeInBrowser,
  screenshot,
  type Size,
  sizes,
  useBrowser,
} from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

const browser = useBrowser();

/** A category that fails, a sensor that never stops talking, and a slow statement. */
const troubles = `
  WITH made AS (
    INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
    SELECT n, 3, CASE WHEN n <= 8 THEN 'cli' ELSE 'sensor:load' END, CASE WHEN n <= 8 THEN 'mail' ELSE 'load' END, 'x', at, at,
           CASE WHEN n <= 8 THEN 'task' ELSE 'drop' END, 'r', 'failed'
      FROM generate_series(1, 400) AS n, LATERAL (SELECT now() - interval '1 hour' - n * interval '1 minute' AS at) AS time
    RETURNING id, category, received_at),
  statement AS (
    INSERT INTO slow_statements (worker, day, hash, text, calls, total_ms, max_ms, last_at)
    VALUES (gen_random_uuid(), current_date, repeat('5a', 32), 'SELECT * FROM events WHERE payload LIKE $1 ORDER BY received_at DESC', 40, 90000, 4000, now()))
  INSERT INTO tasks (event_id, state, priority, source, category, prompt, outcome, reason, queued_at, run_after, started_at, finished_at)
  SELECT id, 'failed', 3, 'cli', category, 'x', 'timed-out', 'it ran for 11 minutes', received_at, received_at, received_at, received_at
    FROM made WHERE category = 'mail'`;

describeInBrowser('findings', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    // What a busy machine of tests does to the loop is not to be found here.
    daemon = await startDaemon({ config: { findings: { off: ['loop_stall'] } } });
  });
  afterAll(() => endDaemons());

  const isState = (id: unknown, state: string) =>
    until(
      `finding ${String(id)} is ${state}`,
      async () =>
        (await daemon.value(`SELECT state FROM optimization_findings WHERE id = ${String(id)}`)) === state,
    );
  const idOf = (kind: string) =>
    daemon.value(`SELECT id::int FROM optimization_findings WHERE kind = '${kind}'`);

  it('are looked for on the page, and opened with what backs them', async () => {
    const { page } = await browser.open(daemon, { address: '/#/decide/findings' });
    await page.getByText('Nothing to look at').waitFor();
    await daemon.rows(troubles);
    await page.getByRole('button', { name: 'Look now' }).click();
    await page.getByText('Looked: 3 new, 0 back, 0 gone.').waitFor();
    await page.getByRole('link', { name: /8 of 8 tasks of the category “mail” failed/ }).click();
    const detail = page.getByRole('region', { name: /Finding \d/ });
    await detail.getByText('it ran for 11 minutes').first().waitFor();
    await detail.getByText('100 %', { exact: true }).waitFor();
    await detail
      .getByRole('link', { name: /task \d/ })
      .first()
      .click();
    await page.waitForURL(/#\/tasks\/\d+$/);
  });

  for (const size of Object.keys(sizes) as Size[])
    it(`are good to look at and to hear: ${size}`, async () => {
      const { page } = await browser.open(daemon, { size, address: '/#/decide/findings' });
      await page.locator('.decision').nth(2).waitFor();
      await page.locator('.decision').first().getByText('Evidence').click();
      expect(await accessibilityFindings(page)).toEqual([]);
      await screenshot(page, 'findings');
      await page.getByRole('button', { name: 'Detectors' }).click();
      await page.getByRole('dialog').getByText('duplicate memories').waitFor();
      expect(await accessibilityFindings(page)).toEqual([]);
      await screenshot(page, 'findings-detectors');
      await page.goto(new URL(`/#/decide/findings/${String(await idOf('slow_statement'))}`, page.url()).href);
      await page
        .getByRole('region', { name: /Finding \d/ })
        .getByText('slow calls')
        .waitFor();
      expect(await accessibilityFindings(page)).toEqual([]);
      await screenshot(page, 'finding');
      const fits = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth';
      expect(await page.evaluate(fits)).toBe(true);
    });

  it('are snoozed from the list and dismissed with a reason', async () => {
    const { page } = await browser.open(daemon, { address: '/#/decide/findings' });
    const row = (text: string) => page.locator('.decision', { hasText: text });
    await row('sensor:load').getByRole('button', { name: 'Snooze' }).click();
    await page.getByLabel('For', { exact: true }).selectOption('A month');
    await page.getByRole('button', { name: 'Snooze it' }).click();
    await isState(await idOf('noisy_sensor'), 'snoozed');
    await row('sensor:load').waitFor({ state: 'detached' });
    await row('A statement was slow').getByRole('link').first().click();
    const one = page.getByRole('region', { name: /^Finding \d+$/ });
    await one.getByLabel(/Reason/).fill('it is the nightly report');
    await one.getByRole('button', { name: 'Dismiss' }).click();
    await isState(await idOf('slow_statement'), 'dismissed');
    await one.getByRole('button', { name: 'Take it back' }).waitFor();
    await page.getByLabel('State').selectOption('dismissed');
    await row('it is the nightly report').waitFor();
  });
});
