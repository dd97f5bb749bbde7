import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { littleScene } from '../helpers/scene.ts';

const browser = useBrowser();

describeInBrowser('memory and graph', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
    await littleScene(daemon);
  });
  afterAll(() => endDaemons());

  it('finds a memory and says why it would be recalled', async () => {
    const { page } = await browser.open(daemon, { address: '/#/memory' });
    await page.locator('.memory-row', { hasText: 'The nas holds the photos' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('where are the photos?');
    const found = page.locator('.recall', { hasText: 'The nas holds the photos' });
    await found.waitFor();
    await found.getByText('would be given to a task').waitFor();
    expect(await found.locator('.stages').textContent()).toMatch(/full text\s*#1/);
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'memory');
  });

  it('says how the models are', async () => {
    const { page } = await browser.open(daemon, { address: '/#/memory' });
    await page.locator('.models', { hasText: 'Embedder' }).getByText('degraded').first().waitFor();
  });

  it('pins a memory and forgets another', async () => {
    const { page } = await browser.open(daemon, { address: '/#/memory' });
    await page.locator('.memory-row', { hasText: 'Reports in the morning' }).click();
    await page.getByRole('button', { name: 'Pin', exact: true }).click();
    await until(
      'it is pinned',
      async () => (await daemon.value('SELECT pinned FROM memory_embeddings WHERE id = 2')) === true,
    );
    await page.locator('.memory-row', { hasText: 'Reports in the morning' }).getByText('pinned').waitFor();
    await page.locator('.memory-row', { hasText: 'Newsletter of Acme' }).click();
    await page.getByRole('button', { name: 'Forget' }).click();
    await page.getByRole('button', { name: 'Forget it' }).click();
    await page.locator('.memory-row', { hasText: 'Newsletter of Acme' }).waitFor({ state: 'detached' });
    expect(
      await daemon.rows(`SELECT action, detail->>'memory' FROM activity_log WHERE action LIKE 'memory.%' ORDER BY id`),
    ).toEqual([['memory.pinned', '2'], ['memory.forgotten', '5']]); // prettier-ignore
  });

  it('draws the graph, finds an entity by name, and shows its relations and where each was read', async () => {
    const { page } = await browser.open(daemon, { address: '/#/graph' });
    await page.locator('.graph-canvas canvas').waitFor();
    await page.getByLabel('Find an entity').fill('anna');
    await page.getByRole('link', { name: 'Anna Lindqvist' }).click();
    await page.getByLabel('Find an entity').fill('');
    const side = page.getByRole('complementary', { name: 'Entity' });
    await side.getByText('looks after').first().waitFor();
    await side.getByText('Anna Lindqvist looks after web-1 while I am away').first().waitFor();
    await side.getByRole('link', { name: 'web-1' }).click();
    await side.getByRole('heading', { name: 'web-1' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'graph');
  });
});
