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
import { hostile } from '../helpers/scene.ts';

const browser = useBrowser();

describeInBrowser('the mail that came', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({
      config: {
        port: 0,
        mail: {
          accounts: [{ name: 'work', host: '127.0.0.1', port: 1, user: 'me@example.org', password: 'x' }],
        },
      },
    });
  }, 240_000);
  afterAll(() => endDaemons());

  it('is none at first, and how the folder is watched shows', async () => {
    const { page } = await browser.open(daemon, { size: 'wide', address: '/#/activity/mail' });
    await page.getByText('No mail came yet').waitFor();
    await page.locator('.mail-folders').getByText('nobody listens at 127.0.0.1:1').waitFor();
    await screenshot(page, 'mail-empty');
    const mail = (fields: object): string => `NORMAL|email:work||mail|${JSON.stringify(fields)}\n`;
    for (let index = 0; index < 30; index += 1)
      daemon.write(
        mail({
          from: 'news@example.net',
          subject: `News ${index}`,
          list: 'news.example.net',
          bulk: true,
          text: 'x',
          account: 'work',
          folder: 'INBOX',
        }),
      );
    daemon.write(
      mail({
        from: 'ann@example.net',
        fromName: `Ann ${hostile}`,
        subject: `Dinner ${hostile}`,
        to: ['me@example.org'],
        text: `Click https://evil.example/x\n${hostile}\n<img src="https://evil.example/pixel.png">`,
        account: 'work',
        folder: 'INBOX',
        auth: { server: 'mx.example.org', spf: 'pass', dkim: null, dmarc: 'fail' },
        attachments: [{ name: 'bill.pdf', type: 'application/pdf', size: 3 }],
        hidden: { elements: 2, characters: 40 },
        automatic: null,
      }),
    );
    await until(
      'all have come',
      async () => (await daemon.client.ask('mail.messages', {})).items.length === 31,
    );
  });

  for (const size of Object.keys(sizes) as Size[]) {
    it(`is listed with where it went, and its text is letters only: ${size}`, async () => {
      const { page } = await browser.open(daemon, { size, address: '/#/activity/mail' });
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await page.locator('.mail-row').first().waitFor();
      await screenshot(page, 'mail');
      expect(await accessibilityFindings(page)).toEqual([]);
      await page.locator('.mail-row').first().click();
      await page.locator('.mail-text').getByText('Click https://evil.example/x').waitFor();
      const dialog = page.getByRole('dialog');
      expect(await dialog.innerText()).toMatch(
        /by the rule otherwise[\s\S]*bill\.pdf[\s\S]*40 hidden characters/,
      );
      expect(await dialog.innerText()).toContain('spf pass, dmarc fail (mx.example.org)');
      expect(await dialog.locator('img, script, iframe, a[href^="http"]').count()).toBe(0);
      await screenshot(page, 'mail-open');
      expect(requests.filter((url) => url.includes('evil'))).toEqual([]);
    });
  }
});
