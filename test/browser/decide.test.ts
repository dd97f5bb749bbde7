import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { littleScene } from '../helpers/scene.ts';

const browser = useBrowser();

/** Goes to the log, finds what was done by the owner a moment ago, and opens it. */
async function openLine(page: Page, text: string): Promise<Locator> {
  await page.goto(new URL('/#/activity/log', page.url()).href);
  const row = page.locator('.log-row', { hasText: text });
  await row.getByText('owner', { exact: true }).waitFor();
  await row.getByText(/just now|s ago/).waitFor();
  await row.click();
  const line = page.getByRole('dialog');
  await line.locator('dd', { hasText: /^owner$/ }).waitFor();
  return line;
}

describeInBrowser('decide', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
    await littleScene(daemon);
  });
  afterAll(() => endDaemons());

  const isState = (table: string, id: number, state: string) =>
    until(
      `${table} ${id} is ${state}`,
      async () => (await daemon.value(`SELECT state FROM ${table} WHERE id = ${id}`)) === state,
    );
  const audit = (action: string) =>
    daemon.rows(
      `SELECT actor, detail->>'by', detail->>'reason' FROM activity_log WHERE action = '${action}' AND detail ? 'by'`,
    );

  it('approves a wish, with the reason and who and when in the log, and takes it back', async () => {
    const { page } = await browser.open(daemon, { address: '/#/decide' });
    await page.getByRole('listitem').filter({ hasText: 'is the nas well?' }).click();
    await page.getByLabel(/Reason/).fill('it is asked daily');
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.locator('.split-detail .state', { hasText: 'approved' }).waitFor();
    await isState('wishlist', 2, 'approved');
    expect(await audit('wish.approved')).toEqual([['owner', 'dashboard', 'it is asked daily']]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await isState('wishlist', 2, 'proposed');
    const line = await openLine(page, 'wish 2 was approved');
    await line.getByText('"by": "dashboard"').waitFor();
    await line.getByText('"reason": "it is asked daily"').waitFor();
  });

  it('shows the draft as a diff, file by file, with summary and test output, and rejects it', async () => {
    const { page } = await browser.open(daemon, { address: '/#/decide/wishes/1' });
    await page.locator('.diff-file').nth(1).waitFor();
    expect(await page.locator('.diff-file').count()).toBe(2);
    await page
      .locator('.diff-file', { hasText: 'src/lib/sensors/disk.ts' })
      .getByText('lastReport.set')
      .waitFor();
    expect(await page.locator('.is-insert').count()).toBe(12);
    expect(await page.locator('.is-delete').count()).toBe(1);
    await page.locator('strong', { hasText: 'one percent' }).waitFor();
    await page.getByLabel('Test output').getByText('3 passed').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'wish');
    await page.getByLabel(/Reason/).fill('too eager');
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    // What is turned down is the draft; the wish itself was approved.
    await isState('wishlist', 1, 'declined');
    expect(await audit('wish.declined')).toEqual([['owner', 'dashboard', 'too eager']]);
    const line = await openLine(page, 'wish 1 was declined');
    await line.getByText('"by": "dashboard"').waitFor();
    await line.getByText('"reason": "too eager"').waitFor();
  });

  it('adds a wish of the owner', async () => {
    const { page } = await browser.open(daemon, { address: '/#/decide' });
    await page.getByRole('button', { name: 'Add a wish' }).click();
    await page.getByLabel('In a few words').fill('Speak Norwegian');
    await page.getByLabel('What should be different, and why').fill('My neighbour reads along.');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByRole('listitem').filter({ hasText: 'Speak Norwegian' }).waitFor();
  });

  it('makes one finding a wish and dismisses another, also after taking that back', async () => {
    const { page } = await browser.open(daemon, { address: '/#/decide/findings' });
    const row = (text: string) => page.locator('.decision', { hasText: text });
    await row('eleven times the median').getByText('Evidence').click();
    await row('eleven times the median').getByText('cost $1.31', { exact: true }).waitFor();
    await row('eleven times the median').getByRole('button', { name: 'Make it a wish' }).click();
    await isState('optimization_findings', 2, 'accepted');
    await row('eleven times the median').waitFor({ state: 'detached' });
    const dismiss = async () => {
      await row('three times as often').getByRole('button', { name: 'Dismiss' }).click();
      await isState('optimization_findings', 1, 'dismissed');
      await row('three times as often').waitFor({ state: 'detached' });
    };
    await dismiss();
    await page
      .locator('.toast', { hasText: 'Dismissed' })
      .getByRole('button', { name: 'Undo', exact: true })
      .click();
    await row('three times as often').waitFor();
    await isState('optimization_findings', 1, 'open');
    expect(
      await daemon.rows(
        `SELECT state, decided_at, dismissals FROM optimization_findings JOIN finding_detectors USING (kind) WHERE id = 1`,
      ),
    ).toEqual([['open', null, 0]]);
    await dismiss();
    await page.getByText('Nothing to look at').waitFor();
    await page.getByRole('tab', { name: /Wishes/ }).click();
    await page.getByRole('listitem').filter({ hasText: 'eleven times the median' }).waitFor();
  });

  it('runs a goal now, pauses one and lets it go on, with who and when in the log', async () => {
    const { page } = await browser.open(daemon, { address: '/#/goals' });
    const goal = page.locator('.decision', { hasText: 'morning report' });
    await goal.getByRole('button', { name: 'Run now' }).click();
    await until(
      'its event came through the pipe',
      async () => (await daemon.value(`SELECT count(*)::int FROM events WHERE category = 'goal'`)) === 1,
    );
    await goal.getByRole('button', { name: 'Pause' }).click();
    await goal.locator('.state', { hasText: 'paused' }).waitFor();
    await until(
      'it is paused',
      async () => (await daemon.value(`SELECT enabled FROM goals WHERE name = 'morning report'`)) === false,
    );
    expect(await audit('goal.run')).toEqual([['owner', 'dashboard', null]]);
    await goal.getByRole('button', { name: 'Resume' }).click();
    await until(
      'it goes on',
      async () => (await daemon.value(`SELECT enabled FROM goals WHERE name = 'morning report'`)) === true,
    );
    expect(await audit('goal.resumed')).toEqual([['owner', 'dashboard', null]]);
    expect(await audit('goal.paused')).toEqual([['owner', 'dashboard', null]]);
    const line = await openLine(page, 'goal morning report was paused');
    await line.getByRole('heading', { name: 'goal.paused' }).waitFor();
    await line.getByText('"by": "dashboard"').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'activity-line');
  });

  it('shows the fleet, those in trouble first, with sparklines, and leads to the page of one', async () => {
    const { page } = await browser.open(daemon, { address: '/#/fleet' });
    await page.locator('.machine').nth(3).waitFor();
    expect(await page.locator('.machine-name b').allTextContents()).toEqual(['shed', 'nas', 'desk', 'web-1']);
    const nas = page.locator('.machine', { hasText: 'ninja@nas.lan' });
    expect(await nas.locator('.spark').count()).toBe(3);
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'fleet');
    await nas.getByRole('link', { name: 'nas' }).click();
    await page.locator('.host-facts', { hasText: 'nginx up, postgres up' }).waitFor();
  });
});
