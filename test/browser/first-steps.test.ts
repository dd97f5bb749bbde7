import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon } from '../helpers/daemon.ts';

const browser = useBrowser();

describeInBrowser('the first steps', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => endDaemons());

  it('stand on Now of a new home, and go on as they are done', async () => {
    const { page } = await browser.open(daemon);
    const list = page.getByRole('region', { name: 'First steps' });
    await list.getByText('0 of 6 done').waitFor();
    await screenshot(page, 'first-steps');
    expect(await accessibilityFindings(page)).toEqual([]);

    await list.getByRole('button', { name: 'Set $5 a day' }).click();
    await list.getByText('1 of 6 done').waitFor();
    expect((await daemon.status()).spend.capUsd).toBe(5);
    await daemon.client.ask('goal.add', { name: 'news', when: 'every day at 9', prompt: 'look' });
    await list.getByText('2 of 6 done').waitFor();
    expect(await list.getByRole('listitem').filter({ hasText: 'A first goal: done' }).count()).toBe(1);

    await list.getByRole('link', { name: 'Ask something' }).click();
    await page.waitForURL(/#\/chat/);
  });

  it('fit a phone, and no word of them is squeezed', async () => {
    const { page } = await browser.open(daemon, { size: 'phone' });
    const list = page.getByRole('region', { name: 'First steps' });
    await list.waitFor();
    await screenshot(page, 'first-steps-phone');
    const narrow = await page.evaluate(
      `[...document.querySelectorAll('.checklist p')].map((text) => text.clientWidth).filter((width) => width < 120)`,
    );
    expect(narrow).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  });

  it('are put away, taken back by Undo, and stay away after a reload', async () => {
    const { page } = await browser.open(daemon);
    const list = page.getByRole('region', { name: 'First steps' });
    await list.getByRole('button', { name: 'Put away' }).click();
    await list.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await list.waitFor();
    await list.getByRole('button', { name: 'Put away' }).click();
    await list.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('heading', { name: 'Running' }).waitFor();
    expect(await list.count()).toBe(0);
  });
});
