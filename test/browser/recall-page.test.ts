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
const patience = 120_000;
const notes = [
  'Ulla in the blue house keeps our spare key.',
  'The key of the shed hangs beside the door of the kitchen, behind the calendar that Paula brought from Lisbon.',
  'The ferry to the island leaves at seven on Fridays.',
  'restic on nas-02 ran out of memory, a restart helped (ERR-4711).',
  'Lentil soup is better the next day.',
];

describeInBrowser('the page of recall', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({ env: { NINJAD_BUILT_IN: 'true' } });
  });
  afterAll(() => endDaemons());
  const widths = Object.keys(sizes) as Size[];

  it('says with nothing in it how the models are, and nothing of vectors', async () => {
    for (const size of widths) {
      const { page } = await browser.open(daemon, { address: '/#/memory', size });
      await page.getByText('It remembers nothing yet').waitFor();
      await page.locator('.models-fold > summary').click();
      await page.locator('.models', { hasText: 'Built-in encoder' }).getByText('ready').first().waitFor();
      expect(await page.locator('.models-memories').count()).toBe(0);
      await screenshot(page, `recall-empty-${size}`);
    }
  });

  it('says which encoder knows how many memories, and what another one would cost', async () => {
    for (const note of notes) daemon.write(`LOW|shell||note|${note}\n`);
    await until(
      'all are embedded',
      async () => {
        const { memory } = await daemon.status();
        return memory.total === notes.length && memory.encoders[0]?.embedded === notes.length;
      },
      patience,
    );
    const { page } = await browser.open(daemon, { address: '/#/memory' });
    await page.locator('.models-fold > summary', { hasText: 'Finds by meaning' }).click();
    const strip = page.locator('.models-memories');
    await strip
      .getByText(/Questions are asked with\s*use-lite-en \(built in\)\s*, which\s*knows 5 of 5 memories/)
      .waitFor();
    await strip.getByText(/Another embedder would embed all 5 anew, in about \d/).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  it('shows the text first, one bar of score, and the numbers when they are asked for', async () => {
    for (const size of widths) {
      const { page } = await browser.open(daemon, {
        address: `/#/memory?text=${encodeURIComponent('who can let me in with a spare key?')}`,
        size,
      });
      const found = page.locator('.recall', { hasText: 'Ulla' });
      await found.getByText('would be given to a task').waitFor();
      await page.getByText('by words and with use-lite-en (built in)').waitFor();
      expect(await page.locator('.recall').first().locator('.memory-text').textContent()).toBe(notes[0]);
      expect(await found.getByRole('meter').getAttribute('aria-valuenow')).toBe('100');
      expect(await found.locator('.stages').isVisible()).toBe(false);
      await page.locator('.recall', { hasText: 'Lentil' }).getByText('too far from the question').waitFor();
      await screenshot(page, `recall-${size}`);
      await found.getByText('Numbers').click();
      await found.locator('.stages').getByText('full text').waitFor();
      expect(await found.locator('.stages').textContent()).toMatch(/vectors\s*#1 · 0\.\d{3} · \+0\.\d{3}/);
      expect(await accessibilityFindings(page)).toEqual([]);
      await screenshot(page, `recall-numbers-${size}`);
    }
  });
});
