import type { Page } from 'playwright-core';
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
import { floodScene } from '../helpers/scene.ts';

const browser = useBrowser();
const panels = [
  'now',
  'chat',
  'tasks',
  'decide',
  'memory',
  'graph',
  'fleet',
  'tree',
  'activity',
  'rules',
  'config',
];
/** What has to be there before a panel that is full is looked at. */
const inside: Readonly<Record<string, string>> = {
  now: '.plot canvas',
  chat: '.talk',
  tasks: '.task-row',
  'tasks/40': '.task-title',
  decide: '.list-row',
  'decide/wishes/1': '.diff-lines',
  'decide/findings': '.decision',
  'decide/goals': '.decision',
  memory: '.memory-row',
  'memory/20': '#memory-content',
  'memory?text=backup': '.recall',
  graph: '.graph-canvas canvas',
  fleet: '.machine',
  activity: '.event-row',
  'activity/log': '.log-row',
};

describeInBrowser('every panel', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => endDaemons());

  for (const size of Object.keys(sizes) as Size[]) {
    it(`is good to look at and to hear with nothing in it: ${size}`, async () => {
      const { page } = await browser.open(daemon, { size });
      for (const panel of panels) {
        await show(page, panel, '.main h1, .main h2');
        expect.soft(await findings(page), panel).toEqual([]);
        await screenshot(page, `empty-${panel}`);
      }
    });
  }

  for (const size of Object.keys(sizes) as Size[]) {
    it(`stays whole in a flood of hostile texts: ${size}`, async () => {
      if (size === 'wide') await floodScene(daemon);
      const { page } = await browser.open(daemon, { size });
      for (const [panel, selector] of Object.entries(inside)) {
        await show(page, panel, selector);
        expect.soft(await findings(page), panel).toEqual([]);
        await screenshot(page, `flood-${panel.replaceAll(/\W+/g, '-')}`);
      }
      expect(await page.locator('main img, main script, main iframe').count()).toBe(0);
    });
  }
});

async function show(page: Page, panel: string, selector: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(`#/${panel}`)}`);
  await page.locator(selector).first().waitFor({ state: 'attached' });
}

/** What axe says, what runs over the edge, and what has run that must not. */
async function findings(page: Page): Promise<unknown[]> {
  const over = `[document.documentElement, document.querySelector('main')].filter((box) => box.scrollWidth > box.clientWidth).map((box) => 'too wide: ' + box.tagName)`;
  const ran = `window.ran === undefined ? [] : ['ran: ' + window.ran]`;
  return [
    ...(await accessibilityFindings(page)),
    ...(await page.evaluate<string[]>(over)),
    ...(await page.evaluate<string[]>(ran)),
  ];
}
