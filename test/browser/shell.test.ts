import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon } from '../helpers/daemon.ts';

const browser = useBrowser();

describeInBrowser('the shell', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => endDaemons());

  it('opens by a one-time link, without the code in the address, and says how it is', async () => {
    const { page } = await browser.open(daemon);
    expect(new URL(page.url())).toMatchObject({ pathname: '/', hash: '', search: '' });
    expect(await page.title()).toBe('Now · ninjad');
    await page.locator('.header').getByText('ready').waitFor();
    await screenshot(page, 'shell');
    expect(await accessibilityFindings(page)).toEqual([]);
  });
});
