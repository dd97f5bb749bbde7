import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  accessibilityFindings,
  describeInBrowser,
  screenshot,
  type Size,
  sizes,
  useBrowser,
} from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon } from '../helpers/daemon.ts';

const browser = useBrowser();

const hasFocus = (control: Locator): Promise<void> => control.and(control.page().locator(':focus')).waitFor();

describeInBrowser('what is remembered', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => endDaemons());

  const rows = () =>
    daemon.rows('SELECT content, kind, trust, pinned FROM memory_embeddings ORDER BY created_at, id');
  const acts = () =>
    daemon.rows(
      `SELECT actor, action, detail->>'by' FROM activity_log WHERE action LIKE 'memory.%' ORDER BY id`,
    );
  const found = (page: Page, text: string) => page.locator('.recall', { hasText: text });

  it('is added, found, amended, pinned and forgotten by keyboard alone', async () => {
    const { page } = await browser.open(daemon, { address: '/#/memory' });
    const { keyboard } = page;
    await page.getByText('It remembers nothing yet').waitFor();
    const open = page.getByRole('button', { name: 'Remember something' });
    await keyboard.press('/');
    await keyboard.type('who has the spare key?');
    await page.getByText('Nothing comes to mind').waitFor();

    await keyboard.press('Tab');
    await hasFocus(open);
    await keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Remember something' });
    await hasFocus(dialog.getByLabel('What it should remember'));
    expect(await dialog.getByRole('button', { name: 'Remember it' }).isDisabled()).toBe(true);
    await keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await hasFocus(open);
    expect(await rows()).toEqual([]);

    await keyboard.press('Enter');
    await keyboard.type('The spare key is with Amara.');
    await keyboard.press('Tab');
    await hasFocus(dialog.getByLabel('Kind'));
    await keyboard.press('f');
    expect(await dialog.getByLabel('Kind').inputValue()).toBe('fact');
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'memory-add');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await hasFocus(dialog.getByRole('button', { name: 'Remember it' }));
    await keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await hasFocus(open);
    await found(page, 'The spare key is with Amara.').getByText('would be given to a task').waitFor();
    expect(await rows()).toEqual([['The spare key is with Amara.', 'fact', 'owner', false]]);

    await found(page, 'Amara').getByRole('link', { name: 'The spare key is with Amara.' }).press('Enter');
    const memory = page.getByRole('region', { name: /^Memory \d+$/ });
    const text = memory.getByLabel('What it remembers');
    await text.focus();
    await keyboard.press('ControlOrMeta+A');
    await keyboard.type('I prefer the spare key to be with Bo.');
    await keyboard.press('Tab');
    await hasFocus(memory.getByLabel('Kind'));
    await keyboard.press('p');
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'memory-edit');
    await memory.getByRole('button', { name: 'Save' }).press('Enter');
    await page.locator('.toast', { hasText: 'Saved.' }).waitFor();
    await found(page, 'with Bo').getByText('preference').waitFor();
    await found(page, 'Amara').waitFor({ state: 'detached' });
    expect(await rows()).toEqual([['I prefer the spare key to be with Bo.', 'preference', 'owner', false]]);

    await memory.getByRole('button', { name: 'Pin', exact: true }).press('Enter');
    await page.locator('.toast', { hasText: 'Pinned' }).waitFor();
    await hasFocus(memory.getByRole('button', { name: 'Pinned', pressed: true }));
    expect(await rows()).toEqual([['I prefer the spare key to be with Bo.', 'preference', 'owner', true]]);

    await keyboard.press('Tab');
    await hasFocus(memory.getByRole('button', { name: 'Forget' }));
    await keyboard.press('Enter');
    const told = page.locator('.toast', { hasText: 'Forgotten.' });
    await told.waitFor();
    await memory.waitFor({ state: 'detached' });
    expect(await rows()).toEqual([]);
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'memory-forgotten');
    await told.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.locator('.toast', { hasText: 'It is remembered again.' }).waitFor();
    await found(page, 'with Bo').waitFor();
    expect(await rows()).toEqual([['I prefer the spare key to be with Bo.', 'preference', 'owner', true]]);
    expect(await acts()).toEqual(
      ['added', 'edited', 'pinned', 'forgotten', 'imported'].map((word) => [
        'owner',
        `memory.${word}`,
        'dashboard',
      ]),
    );
  });

  for (const size of Object.keys(sizes) as Size[]) {
    it(`is amended with every control in sight and reachable: ${size}`, async () => {
      await daemon.rows(
        `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at)
         VALUES ('note', 'the boiler of ${size} is in the cellar', 'cli', 'owner', now(), now())`,
      );
      const { page } = await browser.open(daemon, { size, address: '/#/memory' });
      await page.getByRole('button', { name: 'Remember something' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remember it' }).waitFor();
      expect(await accessibilityFindings(page)).toEqual([]);
      await screenshot(page, 'memory-add-empty');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.locator('.memory-row', { hasText: `the boiler of ${size}` }).click();
      const memory = page.getByRole('region', { name: /^Memory \d+$/ });
      await memory.getByLabel('Kind').selectOption('fact');
      await memory.getByRole('button', { name: 'Save' }).click();
      await page.locator('.toast', { hasText: 'Saved.' }).waitFor();
      await page.getByRole('button', { name: 'Forget' }).waitFor();
      expect(await accessibilityFindings(page)).toEqual([]);
      await screenshot(page, 'memory-edited');
      await page.getByRole('link', { name: 'Close the memory' }).click();
      await page
        .locator('.memory-row', { hasText: `the boiler of ${size}` })
        .getByText('fact')
        .waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
    });
  }
});
