import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  accessibilityFindings,
  describeInBrowser,
  holdsIn,
  screenshot,
  useBrowser,
} from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon } from '../helpers/daemon.ts';
import { floodScene, littleScene } from '../helpers/scene.ts';
import { toldAgent } from '../helpers/told-agent.ts';
import { textTroubles } from '../helpers/text-boxes.ts';

const browser = useBrowser();
const widths = [390, 768, 1440, 2560];
/** `npm run screenshots:all` writes a picture of each panel at each width, in test-results/. */
const keepsAll = process.env['NINJAD_SCREENSHOTS'] !== undefined;

/** Every panel and, where it shows one thing beside a list, such a thing; with what has to be there in an ordinary week. */
const places: Readonly<Record<string, string>> = {
  now: '.now-words .row-list li',
  chat: '.composer textarea, .talk',
  tasks: '.task-row',
  'tasks/1': '.task-title',
  decide: '.list-row',
  'decide/wishes/1': '.diff-lines',
  'decide/findings': '.decision',
  memory: '.memory-row',
  'memory/1': '#memory-content',
  'memory?text=nas': '.recall',
  fleet: '.machine',
  'fleet/nas': 'h1',
  goals: '.decision',
  graph: '.graph-canvas canvas',
  day: '.day-job',
  sensors: '.sensors-possible',
  tree: '.outline .virtual-row',
  activity: '.event-row',
  'activity/log': '.log-row',
  'activity/notices': '.empty, .notice-row',
  rules: '.rule-row',
  config: '.setting',
};

describeInBrowser('every panel from a phone to a wall', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({ env: toldAgent });
  });
  afterAll(() => endDaemons());

  for (const scene of ['empty', 'little', 'flooded'] as const)
    it(`runs over no edge and squeezes no text: ${scene}`, async () => {
      const seen = scene === 'flooded' ? await startDaemon({ env: toldAgent }) : daemon;
      if (scene === 'little') await littleScene(seen);
      if (scene === 'flooded') await floodScene(seen);
      const { page } = await browser.open(seen);
      for (const width of widths) {
        await page.setViewportSize({ width, height: width < 640 ? 844 : width < 1440 ? 1024 : 900 });
        for (const [place, selector] of Object.entries(places)) {
          if (isOfOne(place) && scene === 'empty') continue;
          await show(page, place, scene === 'empty' ? '.main h1, .main h2' : selector);
          expect.soft(await textTroubles(page), `${place} at ${width}`).toEqual([]);
          if (keepsAll) await screenshot(page, `all-${scene}-${place.replaceAll(/\W+/g, '-')}`);
        }
        if (width >= 640) continue;
        await page.getByRole('button', { name: 'More' }).click();
        await page.getByRole('dialog', { name: 'All panels' }).waitFor();
        expect.soft(await textTroubles(page), `More at ${width}`).toEqual([]);
        if (keepsAll) await screenshot(page, `all-${scene}-more`);
        await page.keyboard.press('Escape');
      }
    });

  it('is light for whoever asks their system for it, dark else, and as the owner chooses in this browser', async () => {
    const { page } = await browser.open(daemon, { colorScheme: 'light' });
    for (const [place, selector] of Object.entries(places)) {
      await show(page, place, selector);
      expect.soft(await brightness(page), place).toBeGreaterThan(220);
      expect.soft(await accessibilityFindings(page), place).toEqual([]);
      await screenshot(page, `light-${place.replaceAll(/\W+/g, '-')}`);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to anything' }).fill('dark page');
    await page.keyboard.press('Enter');
    await holdsIn(page, `document.getElementById('light').media === 'not all'`);
    expect(await brightness(page)).toBeLessThan(60);
    await page.reload();
    await page.locator('.main h1').first().waitFor();
    await holdsIn(page, `document.getElementById('light').media === 'not all'`);
    await page.emulateMedia({ colorScheme: 'dark' });
    const other = await browser.open(daemon);
    expect(await brightness(other.page)).toBeLessThan(60);
  });
});

/** Whether it shows one thing that there has to be. */
function isOfOne(place: string): boolean {
  return place.includes('/') && !place.startsWith('activity') && !place.startsWith('decide/findings');
}

async function show(page: Page, place: string, selector: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(`#/${place}`)}`);
  await page.locator(selector).first().waitFor({ state: 'attached' });
}

/** The mean of the ground's three colours, 0 to 255. */
function brightness(page: Page): Promise<number> {
  return page.evaluate<number>(
    `(() => { const [r, g, b] = getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number); return (r + g + b) / 3; })()`,
  );
}
