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
import { floodScene, hostile } from '../helpers/scene.ts';

const browser = useBrowser();
const panels = [
  'now',
  'chat',
  'tasks',
  'decide',
  'memory',
  'graph',
  'fleet',
  'goals',
  'sensors',
  'day',
  'tree',
  'activity',
  'rules',
  'config',
];
/** What has to be there before a panel that is full is looked at. */
const inside: Readonly<Record<string, string>> = {
  now: '.plot',
  chat: '.talk',
  tasks: '.task-row',
  'tasks/40': '.task-title',
  decide: '.list-row',
  'decide/wishes/1': '.diff-lines',
  'decide/findings': '.decision',
  goals: '.decision',
  memory: '.memory-row',
  'memory/20': '#memory-content',
  'memory?text=backup': '.recall',
  graph: '.graph-canvas canvas',
  fleet: '.machine',
  sensors: '.sensors-possible',
  day: '.day-job .timeline',
  tree: '.outline .virtual-row',
  'tree/root/tree/router': '.chart-state.is-lit',
  activity: '.event-row',
  'activity/log': '.log-row',
  rules: '.rule-row',
  config: '.setting',
  'config?text=router.rules': '.setting textarea',
  'config?text=permissions': '.setting textarea',
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
      if (size === 'wide') await flood(daemon);
      const { page } = await browser.open(daemon, { size });
      for (const [panel, selector] of Object.entries(inside)) {
        await show(page, panel, selector);
        expect.soft(await findings(page), panel).toEqual([]);
        await screenshot(page, `flood-${panel.replaceAll(/\W+/g, '-')}`);
      }
      await show(page, 'rules', '#line');
      await page.getByLabel(/A line/).fill(`HUMAN|cron:disk||metric|${hostile}`);
      await page.getByRole('button', { name: 'Try it' }).click();
      await page.locator('.rule-verdict').getByText('takes it').first().waitFor({ state: 'attached' });
      expect.soft(await findings(page), 'dry run').toEqual([]);
      await screenshot(page, 'flood-dry-run');
      expect(await page.locator('main img, main script, main iframe').count()).toBe(0);
    });
  }
});

/** Much of everything: rows, rules and settings, and lines that pass through the actors. */
async function flood(daemon: TestDaemon): Promise<void> {
  await floodScene(daemon);
  const pattern = hostile.slice(0, 250);
  const rules = Array.from({ length: 60 }, (_, index) => ({
    name: `${'a-rule-with-a-name-as-long-as-may-be-'.repeat(2).slice(0, 60)}${index}`,
    source: ['cron:disk', pattern],
    category: index % 2 === 0 ? pattern : [pattern, 'metric', 'w'.repeat(200)],
    text: [pattern, '*'.repeat(90)],
    route: 'reflex:record',
  }));
  await daemon.client.ask('config.set', { key: 'router.rules', value: rules });
  await daemon.client.ask('config.set', {
    key: 'permissions.byCategory',
    value: {
      [`mail-${'w'.repeat(50)}`]: { allow: [`Bash(${hostile.slice(0, 190)})`, 'w'.repeat(200)] },
    },
  });
  for (let line = 0; line < 300; line += 1) daemon.write(`LOW|cron:disk||metric|${line} ${hostile}\n`);
}

async function show(page: Page, panel: string, selector: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(`#/${panel}`)}`);
  await page.locator(selector).first().waitFor({ state: 'attached' });
}

/** What axe says, what runs over the edge or lies over an icon, and what has run that must not. */
async function findings(page: Page): Promise<unknown[]> {
  const over = `[document.documentElement, document.querySelector('main')].filter((box) => box.scrollWidth > box.clientWidth).map((box) => 'too wide: ' + box.tagName)`;
  const marked = `[...document.querySelectorAll('.rail-item:has(.mark)')].filter((item) => {
    const [icon, mark] = ['.icon', '.mark'].map((each) => item.querySelector(each).getBoundingClientRect());
    return icon.left < mark.right && mark.left < icon.right && icon.top < mark.bottom && mark.top < icon.bottom;
  }).map((item) => 'its mark lies over its icon: ' + item.textContent)`;
  const ran = `window.ran === undefined ? [] : ['ran: ' + window.ran]`;
  return [
    ...(await accessibilityFindings(page)),
    ...(await page.evaluate<string[]>(over)),
    ...(await page.evaluate<string[]>(marked)),
    ...(await page.evaluate<string[]>(ran)),
  ];
}
