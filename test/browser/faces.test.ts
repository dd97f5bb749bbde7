import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser, holdLine, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { littleScene } from '../helpers/scene.ts';

const browser = useBrowser();

/** Answers with a table, odd text or many lines, or fails with a word on stderr, as the message asks. */
const agent = String.raw`
let prompt = '';
process.stdin.on('data', (chunk) => (prompt += chunk)).on('end', () => {
  // Memories of the other messages stand before the one that is asked.
  const at = (words) => prompt.lastIndexOf(words);
  const asked = ['break down', 'odd text', 'long text'].reduce((one, other) => (at(other) > at(one) ? other : one));
  if (at(asked) >= 0 && asked === 'break down') {
    console.error('connecting to the service');
    console.error('API Error: 529 overloaded_error');
    process.exitCode = 7;
  } else if (at(asked) >= 0 && asked === 'odd text') console.log('>'.repeat(5000) + ' the end');
  else if (at(asked) >= 0 && asked === 'long text') console.log(Array.from({ length: 80 }, (_, n) => 'line ' + n).join('\n\n'));
  else console.log('Done:\n\n| host | state | last backup | duration | note |\n| :-- | :-: | --: | --: | :-- |\n' +
    '| nas | ok | 2026-11-28 00:31 | 12 min | all volumes were written and verified afterwards |\n' +
    '| web-1 | timed out | 2026-11-27 00:30 | 1 h 2 min | the host did not answer in time |\n');
});`;

/** How wide the narrowest of the texts is that match; each has to be shown. */
async function narrowest(texts: Locator): Promise<number> {
  const boxes = await Promise.all((await texts.all()).map((text) => text.boundingBox()));
  expect(boxes.length).toBeGreaterThan(0);
  return Math.min(...boxes.map((box) => box?.width ?? 0));
}

/** The part of the browser's own objects that is used here; tests know no DOM. */
interface Browsers {
  document: {
    createRange(): { selectNodeContents(node: unknown): void; getClientRects(): Iterable<{ top: number }> };
  };
}

/** In how many lines a text stands. */
function linesOf(text: Locator): Promise<number> {
  return text.evaluate((element) => {
    const range = (globalThis as unknown as Browsers).document.createRange();
    range.selectNodeContents(element);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
  });
}

describeInBrowser('the faces of the dashboard', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({
      config: { agent: { command: [process.execPath, '-e', agent] }, task: { maxAttempts: 1 } },
    });
    await littleScene(daemon);
    for (const [name, text] of [
      ['tables', 'how are the backups?'],
      ['failed', 'please break down'],
      ['odd', 'an odd text please'],
      ['long', 'a long text please'],
    ] as const)
      await daemon.ninjad('ask', '--conversation', name, text);
  });
  afterAll(() => endDaemons());

  const taskOf = async (conversation: string): Promise<number> =>
    Number(await daemon.value(`SELECT max(id) FROM tasks WHERE conversation = '${conversation}'`));
  const isWithin = async (page: Page, inner: Locator): Promise<boolean> => {
    const box = await inner.boundingBox();
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    return (
      box !== null &&
      box.x >= 0 &&
      box.y >= 0 &&
      box.x + box.width <= width + 1 &&
      box.y + box.height <= height + 1
    );
  };

  it('lists all panels on a phone in rows that can be read', async () => {
    const { page } = await browser.open(daemon, { size: 'phone' });
    await page.getByRole('button', { name: 'More' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.waitFor();
    await screenshot(page, 'faces-more');
    const rows = sheet.locator('.more-item');
    expect(await narrowest(rows)).toBeGreaterThan(250);
    expect(await narrowest(sheet.locator('.more-item > span').filter({ hasText: /\w{3}/ }))).toBeGreaterThan(
      60,
    );
    for (const row of await rows.all()) {
      const box = await row.boundingBox();
      expect(box?.height).toBeGreaterThanOrEqual(52);
      expect(box?.height).toBeLessThan(90);
    }
    await page.evaluate("location.hash = '#/tasks'");
    await sheet.waitFor({ state: 'detached' });
  });

  it.each(['wide', 'phone'] as const)(
    'breaks no word in a table, and keeps its alignment: %s',
    async (size) => {
      const { page } = await browser.open(daemon, { size, address: '/#/chat/tables' });
      const table = page.locator('.markdown table').first();
      await table.waitFor();
      await screenshot(page, 'faces-table');
      for (const text of [
        'nas',
        'web-1',
        'ok',
        'timed out',
        '2026-11-28 00:31',
        '12 min',
        '1 h 2 min',
        'last backup',
      ])
        expect(await linesOf(table.getByText(text, { exact: true })), text).toBe(1);
      expect(await narrowest(table.locator('td.is-long'))).toBeGreaterThan(120);
      expect(await table.locator('td').nth(2).getAttribute('align')).toBe('right');
      expect(await table.locator('td').nth(1).getAttribute('align')).toBe('center');
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
    },
  );

  it('shows the reply of an ended task first, and of a failed one what it said last', async () => {
    const { page } = await browser.open(daemon, { address: `/#/tasks/${await taskOf('tables')}` });
    const reply = page.getByRole('region', { name: 'Reply' });
    await reply.locator('table').waitFor();
    await screenshot(page, 'faces-task');
    const tabs = await page.getByRole('tab', { name: 'Transcript' }).boundingBox();
    expect((await reply.boundingBox())?.y).toBeLessThan(tabs?.y ?? 0);
    await page.evaluate(`location.hash = '#/tasks/${await taskOf('failed')}'`);
    const reason = page.locator('.task-reason');
    await reason.waitFor();
    await screenshot(page, 'faces-task-failed');
    const text = (await reason.textContent()) ?? '';
    expect(text).toContain('API Error: 529 overloaded_error');
    expect(text.indexOf('529')).toBeLessThan(text.indexOf('exited with code 7'));
  });

  it('shows an odd reply as plain text, in chat and on the page of its task', async () => {
    const { page } = await browser.open(daemon, { address: '/#/chat/odd' });
    await page.locator('.reply .markdown.is-plain', { hasText: 'the end' }).waitFor();
    await page.evaluate(`location.hash = '#/tasks/${await taskOf('odd')}'`);
    await page.locator('.task-reply .markdown.is-plain', { hasText: 'the end' }).waitFor();
    expect(await page.getByText('This panel broke').count()).toBe(0);
  });

  it('shows what one sends though one has scrolled up, and says what came meanwhile', async () => {
    const { page } = await browser.open(daemon, { address: '/#/chat/long' });
    await page.getByText('line 79').waitFor();
    const box = page.locator('.thread-box');
    // A reply whose last words are still drawn takes the page down with it once more.
    const up = () =>
      until('it is scrolled up', async () => {
        await box.evaluate((element) => ((element as unknown as { scrollTop: number }).scrollTop = 100));
        return page.getByRole('button', { name: 'To the latest' }).isVisible();
      });
    await up();
    await screenshot(page, 'faces-scrolled-up');
    await page.getByRole('textbox', { name: 'Message' }).fill('an answer to this');
    await page.keyboard.press('Enter');
    const mine = page.locator('.said-text', { hasText: 'an answer to this' });
    await mine.waitFor();
    await until('it is in sight', () => isWithin(page, mine));
    await page.locator('.reply').nth(1).locator('table').waitFor();
    await up();
    await daemon.ninjad('ask', '--conversation', 'long', 'and another one');
    await page.getByRole('button', { name: 'New', exact: false }).filter({ hasText: '↓ New' }).click();
    await until('the latest is in sight', () =>
      isWithin(page, page.locator('.said-text', { hasText: 'and another one' })),
    );
    await page.locator('.thread-end').waitFor({ state: 'detached' });
  });

  it('puts the focus where one writes, in a new and in an opened conversation', async () => {
    const { page } = await browser.open(daemon, { address: '/#/chat' });
    const focused = () => page.evaluate<string | undefined>('document.activeElement?.id');
    await page.getByRole('button', { name: 'New conversation' }).click();
    await until('the field of a new one', async () => (await focused()) === 'message');
    await page.keyboard.press('Escape');
    await page.locator('.talk').first().click();
    await until('the field of an opened one', async () => (await focused()) === 'message');
  });

  it('shows the entity that was chosen among those found', async () => {
    const { page } = await browser.open(daemon, { address: '/#/graph' });
    const name = String(await daemon.value('SELECT name FROM entities ORDER BY mentions DESC LIMIT 1'));
    await page.getByRole('searchbox', { name: 'Find an entity' }).fill(name);
    await page.getByRole('complementary', { name: 'Found entities' }).getByRole('link').first().click();
    await page.getByRole('complementary', { name: 'Entity' }).waitFor();
    expect(await page.getByRole('searchbox', { name: 'Find an entity' }).inputValue()).toBe('');
    await screenshot(page, 'faces-graph');
  });

  it('goes to the search with one key from a panel that has none', async () => {
    const { page } = await browser.open(daemon, { address: '/#/now' });
    await page.keyboard.press('/');
    await until('a search field has the focus', () =>
      page.evaluate<boolean>("document.activeElement?.matches('[data-search]') ?? false"),
    );
  });

  it.each(['wide', 'phone'] as const)(
    'keeps the field in sight while the daemon is away, and says so after a while: %s',
    async (size) => {
      const visit = await browser.openContext({ size });
      const { page } = visit;
      visit.forgive(/WebSocket connection to .* failed|ERR_/);
      const line = await holdLine(page);
      const { url } = await daemon.client.ask('dashboard.link', { renew: false });
      await page.goto(url);
      await page.waitForURL((at) => at.pathname === '/');
      await page.goto(new URL('/#/chat/long', url).href);
      await page.getByText('line 79').first().waitFor({ state: 'attached' });
      const before = await page.title();
      const cutAt = Date.now();
      await line.cut();
      const banner = page.getByText('The daemon does not answer');
      await banner.waitFor();
      expect(Date.now() - cutAt).toBeGreaterThanOrEqual(2_000);
      await screenshot(page, 'faces-away');
      expect(await isWithin(page, page.locator('.composer'))).toBe(true);
      expect(await isWithin(page, page.locator('.composer textarea'))).toBe(true);
      expect(await page.title()).toBe(`(no answer) ${before}`);
      line.mend();
      await banner.waitFor({ state: 'detached' });
      await until('the title is as before', async () => (await page.title()) === before);
    },
  );

  it('advises no command that there is not', async () => {
    const { page } = await browser.open(daemon, { address: '/#/decide/wishes' });
    const id = Number(await daemon.value("SELECT id FROM wishlist WHERE state = 'drafted' LIMIT 1"));
    await page.evaluate(`location.hash = '#/decide/wishes/${id}'`);
    await page.getByText('git apply').waitFor();
    // It exists by now.
    expect(await page.getByText('ninjad wishes').allTextContents()).toEqual([`ninjad wishes apply ${id}`]);
    await screenshot(page, 'faces-wish');
  });
});
