import type { Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { describeInBrowser, useBrowser, type Visit } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

const browser = useBrowser();

describeInBrowser('a page whose daemon goes away', () => {
  afterAll(() => endDaemons());

  /** The same home and port: what a service manager does. */
  const again = (daemon: TestDaemon, port: string): Promise<TestDaemon> =>
    startDaemon({ home: daemon.home, env: { NINJAD_PORT: port } });

  /** What a browser says of a port where nobody listens. */
  const forgiveAbsence = ({ forgive }: Visit): void => {
    forgive(/WebSocket connection to .* failed/);
    forgive(/ERR_CONNECTION_(?:REFUSED|RESET)|ERR_EMPTY_RESPONSE|ERR_ABORTED/);
  };
  const write = async (page: Page, text: string): Promise<void> => {
    await page.getByRole('textbox', { name: /message/i }).fill(text);
    await page.keyboard.press('Enter');
  };
  const said = (page: Page, text: string) => page.locator('.said-text', { hasText: text });

  it(
    'waits, comes back by itself, and neither loses nor doubles a message',
    { timeout: 500_000 },
    async () => {
      let daemon = await startDaemon();
      const visit = await browser.open(daemon, { address: '/#/chat/garden' });
      const { page } = visit;
      forgiveAbsence(visit);
      const { port } = new URL(page.url());
      await write(page, 'before it went');
      await said(page, 'before it went').waitFor();
      await until('it is answered', async () => (await daemon.status()).counts.done > 0);

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
          'the message has become a task',
          async () =>
            (await daemon.value(`SELECT count(*) FROM events WHERE payload LIKE '%${text}%'`)) !== '0',
        );
      }
      await until(
        'all are answered',
        async () => Number(await daemon.value("SELECT count(*) FROM tasks WHERE state = 'done'")) === 3,
      );
      for (const text of ['before it went', 'while it was killed', 'while it was stopped']) {
        expect(
          Number(await daemon.value(`SELECT count(*) FROM events WHERE payload LIKE '%${text}%'`)),
          text,
        ).toBe(1);
        await until(`${text} stands there once`, async () => (await said(page, text).count()) === 1);
      }
      await until(
        'no message waits',
        async () => (await page.evaluate("sessionStorage.getItem('ninjad.outbox')")) === '[]',
      );
      expect(new URL(page.url()).hash).toBe('#/chat/garden');
    },
  );

  it('asks politely for a new link when the token has changed meanwhile', { timeout: 300_000 }, async () => {
    const daemon = await startDaemon();
    const visit = await browser.open(daemon);
    visit.forgive(/WebSocket connection to .* failed|401/);
    await daemon.client.dashboardLink({ renew: true });
    await visit.page.getByText('This door opens with a link').waitFor();
    expect(new URL(visit.page.url()).pathname).toBe('/enter');
    const { url } = await daemon.client.dashboardLink({ renew: false });
    await visit.page.goto(url);
    await visit.page.locator('.header').getByText('ready').waitFor();
  });
});
