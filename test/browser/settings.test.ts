import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

const browser = useBrowser();

describeInBrowser('config, rules and activity', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => endDaemons());

  it('changes a setting, refuses a value that cannot be, and takes the change back', async () => {
    const { page } = await browser.open(daemon, { address: '/#/config?text=lanes' });
    // Another setting's text speaks of lanes.total, too.
    const setting = page.locator('.setting').filter({ has: page.getByLabel('lanes.total') });
    const field = setting.getByLabel('lanes.total');
    const stored = () => daemon.value(`SELECT value::text FROM config WHERE key = 'lanes.total'`);
    await field.fill('many');
    await setting.getByRole('button', { name: 'Save' }).click();
    await setting.getByRole('alert').waitFor();
    await field.fill('0');
    await setting.getByRole('button', { name: 'Save' }).click();
    await page.locator('.toast.is-pink').waitFor();
    expect(await stored()).toBeUndefined();
    await field.fill('5');
    await field.press('Enter');
    await setting.getByText('set here').waitFor();
    expect(await stored()).toBe('5');
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'config');
    await setting.getByRole('button', { name: 'Take it back' }).click();
    await setting.getByText('default', { exact: true }).waitFor();
    expect(await stored()).toBeUndefined();
  });

  it('signs out: the page goes to the door, and the session is over for whoever has copied its halves', async () => {
    const visit = await browser.open(daemon, { address: '/#/config' });
    const { page, context } = visit;
    // Its socket is refused from then on, as it should be.
    visit.forgive(/401|WebSocket/);
    const halves = async () => ({
      cookie: (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; '),
      'x-ninjad-key': String(await page.evaluate(`localStorage.getItem('ninjad.key')`)),
    });
    const before = await halves();
    const answer = async () =>
      (await fetch(new URL('/api/now', page.url()), { headers: before, redirect: 'manual' })).status;
    expect(await answer()).toBe(200);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL((at) => at.pathname === '/enter');
    expect(await answer()).toBe(401);
    expect((await halves())['x-ninjad-key']).toBe('null');
  });

  it('says which rule would take a line, and why the others would not', async () => {
    const { page } = await browser.open(daemon, { address: '/#/rules' });
    await page.getByLabel(/A line/).fill('HUMAN|cron:disk||note|<img src=x onerror="window.ran=1"> 91%');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText('takes it').first().waitFor();
    await page.getByText('It claims HUMAN').waitFor();
    await page.getByLabel(/A line/).fill('no line at all');
    await page.getByLabel(/A line/).press('Enter');
    await page.getByText('not understood').waitFor();
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(await daemon.value('SELECT count(*)::int FROM events')).toBe(0);
  });

  it('shows events as they come, those of one priority where asked, and what is in one', async () => {
    const { page } = await browser.open(daemon, { address: '/#/activity' });
    await page.getByText('No event yet').waitFor();
    daemon.write(
      'LOW|cron:disk||metric|</script><script>window.ran=1</script> 91%\nURGENT|fleet:nas||note|the nas is hot\n',
    );
    await page.locator('.event-row', { hasText: '91%' }).waitFor();
    await page.getByLabel('Priority').selectOption('URGENT');
    await page.locator('.event-row', { hasText: '91%' }).waitFor({ state: 'detached' });
    await page.locator('.event-row', { hasText: 'the nas is hot' }).click();
    await page.getByRole('dialog').getByText('the nas is hot').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate('window.ran')).toBeUndefined();
    await page.getByRole('button', { name: 'Pause' }).click();
    daemon.write('URGENT|fleet:nas||note|the nas is hotter\n');
    await until('it is recorded', async () => (await daemon.value('SELECT count(*)::int FROM events')) === 3);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.locator('.event-row', { hasText: 'the nas is hotter' }).waitFor();
  });
});
