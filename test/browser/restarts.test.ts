import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, useBrowser, type Visit } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

const browser = useBrowser();

/** A task starts a process, on a machine that may do much else. */
const patienceMs = 120_000;
const tasksDone = async (daemon: TestDaemon): Promise<number> =>
  Number(await daemon.value("SELECT count(*) FROM tasks WHERE state = 'done'"));
const eventsOf = async (daemon: TestDaemon, text: string): Promise<number> =>
  Number(await daemon.value(`SELECT count(*) FROM events WHERE payload LIKE '%${text}%'`));

describeInBrowser('a page whose daemon goes away', () => {
  afterAll(() => endDaemons());

  /** The same home and port: what a service manager does. */
  const again = (daemon: TestDaemon, port: string): Promise<TestDaemon> =>
    startDaemon({ home: daemon.home, env: { NINJAD_PORT: port } });

  /** What a browser says of a port where nobody listens. */
  const forgiveAbsence = (visit: Visit): void => {
    visit.forgive(/WebSocket connection to .* failed/);
    visit.forgive(/ERR_CONNECTION_(?:REFUSED|RESET)|ERR_EMPTY_RESPONSE|ERR_ABORTED/);
  };
  const write = async (page: Page, text: string): Promise<void> => {
    await page.getByRole('textbox', { name: /message/i }).fill(text);
    await page.keyboard.press('Enter');
  };
  const said = (page: Page, text: string) => page.locator('.said-text', { hasText: text });

  it(
    'waits, comes back by itself, and neither loses nor doubles a message',
    { timeout: 800_000 },
    async () => {
      let daemon = await startDaemon();
      const visit = await browser.open(daemon, { address: '/#/chat/garden' });
      const { page } = visit;
      forgiveAbsence(visit);
      page.setDefaultTimeout(patienceMs);
      const { port } = new URL(page.url());
      await write(page, 'before it went');
      await said(page, 'before it went').waitFor();
      await until('it is answered', async () => (await tasksDone(daemon)) === 1, patienceMs);

      for (const [signal, text] of [
        ['SIGKILL', 'while it was killed'],
        ['SIGTERM', 'while it was stopped'],
      ] as const) {
        await daemon.kill(signal);
        await page.getByText('The daemon does not answer').waitFor();
        await page.locator('.ninja.mood-pacing').first().waitFor();
        await write(page, text);
        await said(page, text).waitFor();
        daemon = await again(daemon, port);
        await page.getByText('The daemon does not answer').waitFor({ state: 'detached' });
        await page.locator('.header').getByText('ready').waitFor();
        await until(
          `${text} has become an event`,
          async () => (await eventsOf(daemon, text)) > 0,
          patienceMs,
        );
      }
      await until('all are answered', async () => (await tasksDone(daemon)) === 3, patienceMs);
      for (const text of ['before it went', 'while it was killed', 'while it was stopped']) {
        expect(await eventsOf(daemon, text), text).toBe(1);
        await until(`${text} stands there once`, async () => (await said(page, text).count()) === 1);
      }
      await until(
        'no message waits',
        async () => (await page.evaluate("sessionStorage.getItem('ninjad.outbox')")) === '[]',
      );
      expect(new URL(page.url()).hash).toBe('#/chat/garden');
    },
  );

  it(
    'has it start again for a setting that only a start takes up, and goes on with the new one',
    { timeout: 600_000 },
    async () => {
      const first = await startDaemon();
      const { url } = await first.client.ask('dashboard.link', { renew: false });
      await first.kill('SIGTERM');
      const daemon = await again(first, new URL(url).port);
      const { pid } = await daemon.status();
      const visit = await browser.open(daemon, { address: '/#/config?text=store.batchSize' });
      const { page } = visit;
      forgiveAbsence(visit);
      page.setDefaultTimeout(patienceMs);
      const setting = page.locator('.setting').filter({ has: page.getByLabel('store.batchSize') });
      await setting.getByText('1000').waitFor();
      writeFileSync(join(daemon.home, 'config.json'), JSON.stringify({ 'store.batchSize': 321 }));
      await page.getByRole('button', { name: 'Restart' }).click();
      await page.getByRole('dialog', { name: 'Restart ninjad?' }).waitFor();
      expect(await accessibilityFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Keep as it is' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Go to anything' }).fill('restart');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
      try {
        await until(
          'another one is ready',
          async () => {
            const now = await daemon.status().catch(() => undefined);
            return now?.ready === true && now.pid !== pid;
          },
          patienceMs,
        );
        await page.getByRole('searchbox', { name: 'Search settings' }).fill('store.batchSize');
        await setting.getByText('321').waitFor();
        await setting.getByText('from config.json').waitFor();
        expect(
          await daemon.value(`SELECT count(*)::int FROM activity_log WHERE action = 'daemon.restart'`),
        ).toBe(1);
      } finally {
        // Nobody but the test ends one that runs behind it.
        await daemon.ninjad('stop', '--now');
      }
    },
  );

  it('asks politely for a new link when the token has changed meanwhile', { timeout: 300_000 }, async () => {
    const daemon = await startDaemon();
    const visit = await browser.open(daemon);
    visit.page.setDefaultTimeout(patienceMs);
    visit.forgive(/WebSocket connection to .* failed|401|ERR_ABORTED/);
    await daemon.client.ask('dashboard.link', { renew: true });
    await visit.page.getByText('This door opens with a link').waitFor();
    expect(new URL(visit.page.url()).pathname).toBe('/enter');
    const { url } = await daemon.client.ask('dashboard.link', { renew: false });
    await visit.page.goto(url);
    await visit.page.locator('.header').getByText('ready').waitFor();
  });
});
