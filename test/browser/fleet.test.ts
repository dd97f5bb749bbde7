import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon } from '../helpers/daemon.ts';
import { littleScene } from '../helpers/scene.ts';

const browser = useBrowser();

describeInBrowser('the fleet', () => {
  let daemon: TestDaemon;
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      request.url === '/bad'
        ? 'no JSON'
        : JSON.stringify({
            load1: 0.7,
            cores: 4,
            kernel: 'Linux 6.1',
            memoryUsed: 3e9,
            memoryTotal: 8e9,
            uptimeSeconds: 90_000,
            disks: [{ mount: '/srv/photos', used: 88e9, total: 100e9, inodesUsed: 10, inodesTotal: 100 }],
            failedUnits: ['nginx.service'],
          }),
    );
  });
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    daemon = await startDaemon({ config: { fleet: { statusPage: true } } });
    await littleScene(daemon);
  });
  afterAll(async () => {
    await endDaemons();
    server.closeAllConnections();
    server.close();
  });

  it('takes a host by its form, shows its page with plots, disks and events, polls and removes it', async () => {
    const { page } = await browser.open(daemon, { address: '/#/fleet' });
    await page.getByRole('button', { name: 'Add a host' }).click();
    await page.getByLabel('What it is called').fill('photos');
    await page.getByLabel('How it is asked').selectOption('http');
    await page.getByLabel('Where').fill(`${url}/`);
    await page.getByLabel('How often').fill('1s');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByRole('link', { name: 'photos' }).click();
    await page.getByRole('heading', { name: 'Disks' }).waitFor();
    await page.getByText('nginx.service').first().waitFor();
    await page.locator('.host-page .plot').nth(2).waitFor();
    await page.locator('.host-events', { hasText: 'photos is not well: nginx.service has failed' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'fleet-host');
    await page.getByRole('button', { name: 'Poll now' }).click();
    await page.getByText(/photos answered in \d+ ms|photos: nginx.service has failed/).waitFor();
    await page.getByRole('button', { name: 'Change' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('How often').fill('2s');
    await form.getByLabel('Disk in %').fill('80');
    await form.getByLabel('Maintenance that comes again').fill('nights');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByRole('alert').filter({ hasText: 'Expected a window a line' }).waitFor();
    await form.getByLabel('Maintenance that comes again').fill('sun 02:00-04:00 (Europe/Berlin)');
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'fleet-host-change');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('photos is changed.').waitFor();
    await page.getByText('asked every 2s').first().waitFor();
    const { options, maintenance } = await daemon.client.ask('fleet.get', { name: 'photos' });
    expect(options).toMatchObject({ diskPercent: 80, downAfter: 3 });
    expect(maintenance.windows).toEqual(['sun 02:00-04:00 (Europe/Berlin)']);
    const reports = `SELECT count(*)::int FROM fleet_reports JOIN machines ON machine_id = machines.id WHERE name = 'photos'`;
    const before = await daemon.value(reports);
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.locator('.machine').nth(3).waitFor();
    expect(await page.getByRole('link', { name: 'photos' }).count()).toBe(0);
    await page
      .locator('.toast', { hasText: 'photos is watched no more.' })
      .getByRole('button', { name: 'Undo' })
      .click();
    await page.getByRole('heading', { name: 'photos' }).waitFor();
    await page.getByRole('heading', { name: 'Disks' }).waitFor();
    expect(await daemon.value(reports)).toBeGreaterThanOrEqual(Number(before));
    expect(await daemon.ninjad('fleet', 'remove', 'photos')).toMatchObject({ code: 0 });
    expect(await daemon.ninjad('fleet', 'restore', 'photos')).toMatchObject({ code: 0 });
    expect(await daemon.ninjad('fleet', 'restore', 'photos')).toMatchObject({ code: 1 });
    await daemon.client.ask('fleet.remove', { name: 'photos' });
  });

  it('says why a host is in trouble, and lets what one that is down has said stand back', async () => {
    const { page } = await browser.open(daemon, { address: '/#/fleet' });
    const row = (name: string) => page.locator('.machine', { hasText: name });
    await row('nas').locator('.machine-reason', { hasText: 'disk /data is 91 % full' }).waitFor();
    await row('shed').locator('.machine-reason', { hasText: 'it does not answer' }).waitFor();
    expect(await row('shed').getAttribute('class')).toContain('is-past');
    expect(await row('shed').innerText()).not.toContain('up for');
    expect(await row('desk').innerText()).toContain('up for');
    expect(await row('nas').locator('.beats').getAttribute('aria-label')).toBe(
      'nas: 0 of the last 40 polls found it well',
    );
    expect(await row('desk').locator('.beat.is-green').count()).toBe(40);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.evaluate(`location.hash = '#/now'`);
    await page
      .getByRole('region', { name: 'Hosts in trouble' })
      .getByText('disk /data is 91 % full')
      .waitFor();
  });

  it('fits a phone, also the page for others, which knows no address and no reason', async () => {
    const { page } = await browser.open(daemon, { address: '/#/fleet/nas', size: 'phone' });
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    const tooWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
    expect(tooWide).toBe(false);
    await screenshot(page, 'fleet-host-phone');
    const shown = await page.context().newPage();
    await shown.goto(new URL('/status', page.url()).href);
    expect(await shown.locator('h1').textContent()).toBe('2 of 4 in trouble');
    expect(await shown.locator('li').allTextContents()).toHaveLength(4);
    expect(await shown.content()).not.toMatch(/ninja@|91 %/);
    await screenshot(shown, 'fleet-status');
  });
});
