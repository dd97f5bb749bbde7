import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { eventually } from '../helpers/eventually.ts';
import { hostile } from '../helpers/scene.ts';

const browser = useBrowser();

describeInBrowser('the panel of sensors', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({
      config: {
        sensors: {
          temperature: { every: '1s' },
          memory: { every: '1s', warnPercent: 0.01 },
          'tls:nas': { host: '127.0.0.1', port: 1, every: '1s' },
        },
      },
    });
    const own = join(daemon.home, 'sensors', 'weather.sh');
    writeFileSync(
      own,
      `#!/bin/sh\n# ninjad: every 1s\ncat <<'X'\n${hostile.replaceAll('\n', ' ')}\nX\nexit 3\n`,
    );
    chmodSync(own, 0o700);
    await daemon.ninjad('sensors', 'enable', 'load', '--every', '1s');
    await until(
      'some runs',
      async () =>
        (await daemon.client.ask('sensors.list', {})).filter(({ durations }) => durations.length > 4)
          .length >= 4,
    );
    await until('some samples', async () => (await daemon.client.ask('self.series', {})).points.length > 1);
  }, 240_000);
  afterAll(() => endDaemons());

  for (const size of Object.keys(sizes) as Size[]) {
    it(`shows how each stands, with its runs, and the plots of the self-watch: ${size}`, async () => {
      const { page } = await browser.open(daemon, { size });
      await page.evaluate(`location.hash = '#/sensors'`);
      await page.locator('.self-plots canvas').nth(8).waitFor();
      const row = (name: string) => page.locator('.sensor').filter({ hasText: name }).first();
      // A look that a busy machine made late says so for a moment.
      const shows = (name: string, text: RegExp) =>
        eventually(async () => expect(await row(name).innerText()).toMatch(text));
      await shows('weather.sh', /trouble[\s\S]*it exited with 3/);
      await shows('tls:nas', /config\.json[\s\S]*unknown[\s\S]*ECONNREFUSED/);
      await shows('memory', /(warning|critical)[\s\S]*of the memory is used/);
      await screenshot(page, 'sensors');
      await page.locator('.self-watch').scrollIntoViewIfNeeded();
      await screenshot(page, 'sensors-plots');
      expect(await accessibilityFindings(page)).toEqual([]);
    });
  }

  it('takes a new one by a form, which asks for what its kind needs, tries it first, and refuses what cannot be', async () => {
    const { page } = await browser.open(daemon, { size: 'wide', address: '/#/sensors' });
    await page.getByRole('button', { name: 'Watch something' }).click();
    const form = page.getByRole('dialog', { name: 'Watch something' });
    await form.getByLabel('What is watched').selectOption('files');
    const on = form.getByRole('button', { name: 'Switch it on' });
    expect(await on.isDisabled()).toBe(true);
    await form.getByLabel('Path').fill('not absolute');
    await on.click();
    await page.locator('.toast.is-pink', { hasText: 'expected an absolute path' }).waitFor();
    await form.getByLabel('Path').fill(daemon.home);
    await form.getByLabel('Its name').fill('home');
    await form.getByLabel('How often').fill('1h');
    await form.getByRole('button', { name: 'Try it' }).click();
    await form.getByText('It would write').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'sensor-form');
    await on.click();
    await form.waitFor({ state: 'detached' });
    await page.locator('.sensor', { hasText: 'files:home' }).waitFor();
    const { enabled, every, settings } = await daemon.client.ask('sensor.get', { name: 'files:home' });
    expect({ enabled, every, path: settings['path'] }).toEqual({
      enabled: true,
      every: '1h',
      path: [daemon.home],
    });
  });

  it('tries one and shows what it would write; switches one off, and on again by undo', async () => {
    const { page } = await browser.open(daemon, { size: 'wide' });
    await page.evaluate(`location.hash = '#/sensors'`);
    await page.getByRole('button', { name: 'Try tls:nas' }).click();
    await page.getByRole('status').getByText('It would write nothing').waitFor();
    await page.getByText('kinds that could be switched on').click();
    await page.getByRole('button', { name: 'Try tick' }).click();
    await page.getByText('It would write a line').waitFor();
    await page.locator('.code').getByText('IDLE|sensor:tick|').waitFor();
    await page.getByRole('button', { name: 'Switch off load' }).click();
    await page.getByRole('button', { name: 'Switch on load' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Switch off load' }).waitFor();
    expect((await daemon.client.ask('sensor.get', { name: 'load' })).enabled).toBe(true);
    expect(await page.locator('.sensors-panel img, .sensors-panel script').count()).toBe(0);
  });
});
