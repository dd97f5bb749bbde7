import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  accessibilityFindings,
  describeInBrowser,
  holdsIn,
  screenshot,
  useBrowser,
} from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

const browser = useBrowser();

describeInBrowser('rules', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
    for (let index = 0; index < 14; index += 1) daemon.write(`LOW|cron:nas||metric|all ok ${index}\n`);
    daemon.write('LOW|mail||mail|{"text":"hello","from":"boss@boss.example","subject":"Invoice 12"}\n');
    await until(
      'they are recorded',
      async () => (await daemon.value('SELECT count(*)::int FROM events')) === 15,
    );
  });
  afterAll(() => endDaemons());

  const stored = async () => (await daemon.client.ask('rules.export', {})).rules.map(({ name }) => name);

  it('writes one, tries it on the last events, adds it, and takes it back', async () => {
    const { page } = await browser.open(daemon, { address: '/#/rules' });
    await page.getByText('None yet').waitFor();
    await page.getByRole('button', { name: 'New rule' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('nas-is-fine');
    await dialog.getByLabel(/^Source/).fill('cron:nas');
    await dialog.getByLabel(/^Text, such/).fill('*OK*');
    await dialog.getByLabel('Route').selectOption('drop');
    await dialog.getByRole('button', { name: /Try it/ }).click();
    await dialog.locator('.effect', { hasText: /\b0\s+would have been taken/ }).waitFor();
    await dialog.getByLabel(/in any case/).check();
    await dialog.getByRole('button', { name: /Try it/ }).click();
    await dialog.locator('.effect', { hasText: /\b14\s+would have been taken/ }).waitFor();
    await dialog.getByText('14 are taken by otherwise today').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'rule-editor');
    await dialog.getByRole('button', { name: 'Add it' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.rule-row', { hasText: 'nas-is-fine' }).waitFor();
    expect(await stored()).toEqual(['nas-is-fine']);
    await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
    await page.getByText('None yet').waitFor();
    expect(await stored()).toEqual([]);
  });

  it('asks before a rule that takes what you say yourself', async () => {
    const { page } = await browser.open(daemon, { address: '/#/rules' });
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByLabel('Name').fill('all-of-it');
    await page.getByLabel('Route').selectOption('drop');
    await page.getByRole('button', { name: 'Add it' }).click();
    const question = page.getByRole('dialog', { name: 'Is that meant?' });
    await question.getByText('would take what you say yourself').waitFor();
    await question.getByRole('button', { name: 'Keep as it is' }).click();
    await page.getByText('Nothing was changed.').waitFor();
    expect(await stored()).toEqual([]);
  });

  it('moves, switches off, edits, removes and imports them, and shows what they took', async () => {
    for (const rule of [
      { name: 'first', source: 'cron:nas', route: 'drop', about: 'It only says that it is well' },
      { name: 'night', source: 'cron:*', route: 'task', quiet: { hours: '00:00-23:59', zone: 'UTC' } },
      { name: 'chatty', source: 'fleet:*', throttle: { count: 1, per: '1h', by: 'source' } },
    ])
      await daemon.client.ask('rule.add', { rule });
    daemon.write(
      'LOW|cron:nas||metric|ok\nHIGH|cron:backup||job|run it\nLOW|fleet:a||metric|1\nLOW|fleet:a||metric|2\n',
    );
    const { page } = await browser.open(daemon, { address: '/#/rules' });
    const row = (name: string) => page.locator('.rule-row:not(.is-built-in)', { hasText: name });
    await row('night').getByText('holds 1 task').waitFor();
    await row('chatty').getByText('1 over').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'rules');
    await row('chatty').getByRole('button', { name: 'Ask chatty earlier' }).click();
    await until('it is second', async () => (await stored()).join() === 'first,chatty,night');
    await row('first').getByRole('button', { name: 'Switch off first' }).click();
    await row('first').locator('.rule-head .state', { hasText: 'off' }).waitFor();
    await row('night').getByRole('button', { name: 'Let them go on now' }).click();
    await row('night').getByText('holds').waitFor({ state: 'detached' });
    await row('chatty').getByRole('button', { name: 'Edit chatty' }).click();
    await page.getByLabel('At most so many').fill('2');
    await page.getByRole('button', { name: 'Save it' }).click();
    await row('chatty').getByText('at most 2 in 1h').waitFor();
    await row('first').getByRole('button', { name: 'Remove first' }).click();
    await until('it is gone', async () => (await stored()).join() === 'chatty,night');
    await page.getByRole('button', { name: 'Import' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('or its text').fill('[{"name":"night","rout":"task"}]');
    await dialog.getByRole('button', { name: 'Show the difference' }).click();
    await dialog.getByText('did you mean route?').waitFor();
    await dialog.getByLabel('or its text').fill('[{"name":"night","source":"cron:*","route":"drop"}]');
    await dialog.getByRole('button', { name: 'Show the difference' }).click();
    await dialog.getByText('removed').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'rules-import');
    await dialog.getByRole('button', { name: 'Take them' }).click();
    await until('they are taken', async () => (await stored()).join() === 'night');
    await row('chatty').waitFor({ state: 'detached' });
    await page.locator('.rule-undo').getByRole('button', { name: 'Undo' }).click();
    await until('they are back', async () => (await stored()).join() === 'chatty,night');
  });

  it('shows every rule, lights the one that takes a line, and begins one like it', async () => {
    const { page } = await browser.open(daemon, { address: '/#/rules' });
    const row = (name: string) =>
      page.locator('.rule-row', { has: page.locator('b', { hasText: new RegExp(`^${name}$`) }) });
    await row('otherwise').getByText('is kept, without an agent').waitFor();
    await row('human').getByText('becomes a task').waitFor();
    expect(await page.getByText('reflex:').count()).toBe(0);
    await page.getByLabel(/^A line/).fill('LOW|probe:x||metric|5');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page
      .locator('.verdict', { hasText: 'It is kept, without an agent, by the rule otherwise.' })
      .waitFor();
    await page.locator('.rule-row.is-hit', { hasText: 'takes it' }).waitFor();
    expect(await page.locator('.rule-row.is-hit').count()).toBe(1);
    await row('remember').getByText('it is not from you: the source is probe:x').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'rules-tried');
    await page.locator('.verdict').getByRole('link', { name: 'otherwise' }).click();
    await holdsIn(page, `location.hash === '#/rules/otherwise'`);
    await holdsIn(
      page,
      `document.querySelector('.rule-row.is-chosen')?.getBoundingClientRect().bottom <= innerHeight`,
    );
    await page.getByRole('button', { name: 'Add a rule like this' }).click();
    const dialog = page.getByRole('dialog', { name: 'New rule' });
    expect(await dialog.getByLabel(/^Source/).inputValue()).toBe('probe:x');
    expect(await dialog.getByLabel('Category', { exact: true }).inputValue()).toBe('metric');
    expect(await dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('probe-x-metric');
    expect(await dialog.getByLabel('Route').inputValue()).toBe('reflex:record');
    await dialog.getByLabel('Route').selectOption('drop');
    await dialog.getByRole('button', { name: 'Add it' }).click();
    await row('probe-x-metric').getByText('is dropped').waitFor();
    // What was said of the line was said by other rules.
    await page.locator('.verdict').waitFor({ state: 'detached' });
    await daemon.client.ask('rule.remove', { name: 'probe-x-metric' });
  });

  it('begins a rule from an event, which says by which rule it went where', async () => {
    daemon.write('LOW|cron:door||metric|the door is shut\n');
    await until(
      'it is recorded',
      async () => (await daemon.value(`SELECT count(*)::int FROM events WHERE source = 'cron:door'`)) === 1,
    );
    const { page } = await browser.open(daemon, { address: '/#/activity/events?source=cron%3Adoor' });
    await page.locator('.event-row', { hasText: 'the door is shut' }).click();
    const event = page.getByRole('dialog', { name: /^Event/ });
    await event.getByRole('link', { name: /^(otherwise|night)$/ }).waitFor();
    await event.getByRole('link', { name: 'Add a rule like this' }).click();
    const editor = page.getByRole('dialog', { name: 'New rule' });
    await editor.waitFor();
    expect(await editor.getByLabel(/^Source/).inputValue()).toBe('cron:door');
    await editor.getByRole('button', { name: 'Leave it' }).click();
    await editor.waitFor({ state: 'detached' });
    await holdsIn(page, `location.hash === '#/rules'`);
  });

  it('is whole on a phone', async () => {
    const { page } = await browser.open(daemon, { address: '/#/rules', size: 'phone' });
    await page.locator('.rule-row').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await screenshot(page, 'rules-phone');
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'rule-editor-phone');
  });
});
