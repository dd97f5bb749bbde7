import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

const browser = useBrowser();

/** Runs in the page: Enter in the palette, and Ctrl-K after some turns of its event loop. */
const enterThenPalette = `async (turns) => {
  const press = (key, ctrlKey) =>
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true }));
  press('Enter', false);
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  press('k', true);
  // By then every event of the one that closed has come.
  for (let frame = 0; frame < 5; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
}`;

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
  });

  it('comes with at most 300 kB', async () => {
    const { page } = await browser.openContext();
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    let bytes = 0;
    session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    const { url } = await daemon.client.ask('dashboard.link', { renew: false });
    await page.goto(url);
    await page.locator('.now-words .section').first().waitFor();
    await page.locator('.now-plots figure').first().waitFor();
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(300_000);
  });

  it('is used by keys: a list of them, the panels, the search, and none of it while somebody types', async () => {
    const { page } = await browser.open(daemon);
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keys' });
    await dialog.waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'keys');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const panels = {
      t: 'Tasks',
      d: 'Decide',
      m: 'Memory',
      k: 'Graph',
      f: 'Fleet',
      y: 'Day',
      r: 'Tree',
      a: 'Activity',
      u: 'Rules',
      o: 'Config',
      g: 'Goals',
      n: 'Now',
      c: 'Chat',
    };
    for (const [key, label] of Object.entries(panels)) {
      // The second key has to follow soon: on a machine that is busy it is tried again.
      await until(`g ${key} leads to ${label}`, async () => {
        await page.keyboard.press('g');
        await page.keyboard.press(key);
        // A function and not a text, which the page's policy would refuse to evaluate.
        const isThere = (title: string) =>
          (globalThis as unknown as { document: { title: string } }).document.title === title;
        return page.waitForFunction(isThere, `${label} · ninjad`, { timeout: 10_000 }).then(
          () => true,
          () => false,
        );
      });
    }
    // Chat takes the focus to its field, where letters are letters.
    await page.locator('#message:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.getByLabel('Search tasks').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('gm?');
    await page.locator('[data-search]:focus').waitFor();
    expect(await page.getByLabel('Search tasks').inputValue()).toBe('gm?');
    expect(page.url()).toContain('#/tasks');
    await page.keyboard.press('Escape');
    await page.locator('[data-search]:focus').waitFor({ state: 'detached' });
  });

  it('leads to anything by Ctrl-K: the field has the focus, and Enter goes where it says', async () => {
    const { page } = await browser.open(daemon);
    await page.keyboard.press('Control+k');
    const dialog = page.getByRole('dialog', { name: 'Go to anything' });
    await dialog.waitFor();
    await dialog.locator('input:focus').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.keyboard.type('memory');
    await screenshot(page, 'palette');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Memory' }).waitFor();

    await daemon.rows(
      `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at)
       VALUES ('note', 'The zebra crossing is red', 'cli', 'owner', now(), now())`,
    );
    await page.keyboard.press('Control+k');
    await dialog.locator('input:focus').waitFor();
    await page.keyboard.type('zebra');
    await dialog.getByRole('option', { name: /zebra crossing/ }).click();
    await page.waitForURL(/#\/memory\/\d+$/);
    await daemon.ninjad('sensors', 'enable', 'disk', '--every', '1d');
    for (const [text, address] of [
      ['spend.dailyUsd', '#/config?text=spend.dailyUsd'],
      ['failed tasks', '#/tasks?state=failed'],
      ['command-status', '#/rules/command-status'],
      ['disk', '#/sensors/disk'],
    ] as const) {
      await page.keyboard.press('Control+k');
      await dialog.locator('input:focus').waitFor();
      // Enter before the settings have come: the words are not sent to the agent for want of them.
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
      await page.waitForURL((at) => at.hash === address);
    }
    await page.keyboard.press('Control+k');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('opens the palette again however soon after it has led somewhere, with an empty field', async () => {
    const { page } = await browser.open(daemon);
    const dialog = page.getByRole('dialog', { name: 'Go to anything' });
    const field = dialog.locator('input:focus');
    // The one that closes is still in the page, its `close` event is still to come, or both are over; several times each, since
    // the Escape of a round and the key of the next one meet by chance.
    for (const turnsBetween of [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]) {
      await page.keyboard.press('Control+k');
      await field.waitFor();
      await page.keyboard.type('memory');
      await page.evaluate(`(${enterThenPalette})(${turnsBetween})`);
      await field.waitFor();
      expect(await field.inputValue(), `${turnsBetween} turns between`).toBe('');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
  });

  it('can be kept as an app: a manifest with icons that are there', async () => {
    const { page } = await browser.open(daemon);
    const address = await page.locator('link[rel="manifest"]').getAttribute('href');
    const answer = await page.request.get(new URL(address ?? '', page.url()).href);
    expect(answer.headers()['content-type']).toContain('application/manifest+json');
    const { icons } = (await answer.json()) as { icons: { src: string; type: string }[] };
    expect(icons.length).toBeGreaterThanOrEqual(3);
    for (const { src, type } of icons) {
      const icon = await page.request.get(new URL(src, page.url()).href);
      expect(icon.status(), src).toBe(200);
      expect(icon.headers()['content-type'], src).toContain(type);
    }
  });

  it('leads past the rail to the panel, and tells where it is', async () => {
    const { page } = await browser.open(daemon);
    await page.keyboard.press('Tab');
    await page.getByText('To the panel').press('Enter');
    await page.locator('main:focus').waitFor();
    await page.locator('.rail').getByRole('link', { name: 'Tasks' }).click();
    await page.locator('.rail [aria-current="page"]', { hasText: 'Tasks' }).waitFor();
    await page.locator('main:focus').waitFor();
  });

  it('has every panel within two touches on a phone', async () => {
    const { page } = await browser.open(daemon, { size: 'phone' });
    await page.getByRole('button', { name: 'More' }).tap();
    const dialog = page.getByRole('dialog', { name: 'All panels' });
    await dialog.waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'more');
    await dialog.getByRole('link', { name: /Fleet/ }).tap();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
  });
});
