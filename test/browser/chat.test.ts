import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  accessibilityFindings,
  describeInBrowser,
  holdLine,
  screenshot,
  useBrowser,
} from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { hostile, putMemories } from '../helpers/scene.ts';
import { release, step, tellAgent, toldAgent } from '../helpers/told-agent.ts';

const browser = useBrowser();

describeInBrowser('chat', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({
      env: toldAgent,
      config: { 'task.killGraceMs': 300, 'task.maxAttempts': 1 },
    });
    await putMemories(daemon, [['fact', 'owner', 'The nas holds the photos of the summer']]);
    await until(
      'the memory can be recalled',
      async () => (await daemon.value('SELECT bool_and(prepared) FROM memory_embeddings')) === true,
    );
  });
  afterAll(() => endDaemons());

  it('shows a reply as it is written: Markdown, code that can be copied, and the memories behind it', async () => {
    const reply = 'Two **photos** are missing:\n\n```sh\nls /photos | wc -l\n```\n';
    tellAgent(daemon.home, 'photos', [
      step.writes('Two **photos** are'),
      step.waits('more'),
      step.writes(' missing:\n\n```sh\nls /photos | wc -l\n```\n'),
      step.waits('end'),
      step.says(reply),
      step.ends(reply),
    ]);
    const { page } = await browser.open(daemon, { address: '/#/chat/photos' });
    await say(page, 'are the photos of the summer on the nas? play photos');
    await page.locator('.said-text', { hasText: 'photos of the summer' }).waitFor();
    await page.locator('.reply strong', { hasText: 'photos' }).waitFor();
    expect(await page.locator('.reply').textContent()).not.toContain('missing');
    release(daemon.home, 'more');
    await page.locator('.reply pre code', { hasText: 'ls /photos' }).waitFor();
    release(daemon.home, 'end');
    await page.getByText('s · $0.042').first().waitFor();

    await page.locator('.code').getByRole('button', { name: 'Copy' }).click();
    await page.locator('.code').getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('ls /photos | wc -l\n');
    await page.getByText('1 memory behind this reply').click();
    await page.locator('.behind').getByText('The nas holds the photos of the summer').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'chat');

    await page.reload();
    await page.locator('.reply strong', { hasText: 'photos' }).waitFor();
    expect(await page.locator('.turn').count()).toBe(1);
  });

  it('hands further words to the running task, and stops it', async () => {
    tellAgent(daemon.home, 'hears', [
      step.writes('listening'),
      step.hears,
      step.writes(', the blue one then'),
      step.waits('never'),
    ]);
    const { page } = await browser.open(daemon, { address: '/#/chat/steered' });
    await say(page, 'play hears');
    await page.locator('.reply', { hasText: 'listening' }).waitFor();
    await say(page, 'use the blue one');
    await page.locator('.reply', { hasText: 'the blue one then' }).first().waitFor();
    await page.getByRole('button', { name: 'Stop' }).first().click();
    await page.locator('.reply .state', { hasText: 'stopped' }).first().waitFor();
    await page.locator('.toast', { hasText: 'Stopped' }).getByRole('button', { name: 'Ask again' }).waitFor();
    await until(
      'no task runs any more',
      async () => (await daemon.value(`SELECT count(*)::int FROM tasks WHERE state = 'running'`)) === 0,
    );
  });

  it('says why a reply failed, and tries again', async () => {
    tellAgent(daemon.home, 'fails', [step.fails('the disk is on fire')]);
    const { page } = await browser.open(daemon, { address: '/#/chat/failing' });
    await say(page, 'play fails');
    await page.locator('.reply', { hasText: 'the disk is on fire' }).waitFor();
    tellAgent(daemon.home, 'fails', [step.says('the fire is out'), step.ends('the fire is out')]);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.reply', { hasText: 'the fire is out' }).waitFor();
  });

  it('marks what was not read yet, until it was', async () => {
    // Of its own, since in the other one tests before this have left things unread.
    const quiet = await startDaemon();
    const { page } = await browser.open(quiet, { address: '/#/tasks' });
    quiet.write(`HUMAN|dashboard||chat|${JSON.stringify({ text: '/status', conversation: 'unread' })}\n`);
    const mark = page.locator('.rail').getByText('unread');
    await mark.waitFor({ state: 'attached' });
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    // The conversation that was used last is the one that is shown.
    await page.locator('.thread-head', { hasText: '/status' }).waitFor();
    await mark.waitFor({ state: 'detached' });
  });

  it('keeps a reply with scripts in it a text, and goes on', async () => {
    const { page } = await browser.open(daemon, { address: '/#/chat/hostile' });
    tellAgent(daemon.home, 'hostile', [step.writes(hostile), step.says(hostile), step.ends(hostile)]);
    await say(page, `play hostile ${hostile}`);
    await page.locator('.reply', { hasText: '<img src=x' }).waitFor();
    await page.getByText('s · $0.042').first().waitFor();
    for (const link of await page.locator('.reply .markdown a').all())
      expect((await link.getAttribute('href')) ?? 'nowhere').not.toMatch(/javascript/i);
    expect(await page.locator('.reply img, .reply script, .reply svg').count()).toBe(0);
    expect(await page.evaluate('window.ran')).toBeUndefined();
    const overflow = 'document.documentElement.scrollWidth - innerWidth';
    expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
    tellAgent(daemon.home, 'after', [step.says('still well'), step.ends('still well')]);
    await say(page, 'play after');
    await page.locator('.reply', { hasText: 'still well' }).waitFor();
  });

  it('shows a reply as plain text while the daemon cannot send the library, and as Markdown once it can', async () => {
    tellAgent(daemon.home, 'plain', [step.ends('it is **bold**')]);
    const visit = await browser.openContext();
    const { page } = visit;
    const line = await holdLine(page);
    visit.forgive(/WebSocket|marked/);
    await page.route('**/vendor/marked.js', (route) => route.abort('connectionrefused'));
    await page.goto((await daemon.client.ask('dashboard.link', { renew: false })).url);
    await page.waitForURL((at) => at.pathname === '/');
    await page.goto(new URL('/#/chat/plain', page.url()).href);
    await say(page, 'play plain');
    await page.locator('.reply .is-plain', { hasText: 'it is **bold**' }).waitFor();

    await page.unroute('**/vendor/marked.js');
    await line.cut();
    await page.locator('.header', { hasText: 'connecting' }).waitFor();
    line.mend();
    await page.locator('.reply strong', { hasText: 'bold' }).waitFor();
  });

  it('loses nothing and doubles nothing over an outage of the line', async () => {
    tellAgent(daemon.home, 'outage', [
      step.writes('before, '),
      step.waits('meanwhile'),
      step.writes('meanwhile, '),
      step.waits('after'),
      step.writes('after'),
      step.ends('before, meanwhile, after'),
    ]);
    const visit = await browser.openContext();
    const { page } = visit;
    const line = await holdLine(page);
    visit.forgive(/WebSocket/);
    await page.goto((await daemon.client.ask('dashboard.link', { renew: false })).url);
    await page.waitForURL((at) => at.pathname === '/');
    await page.goto(new URL('/#/chat/outage', page.url()).href);
    await say(page, 'play outage');
    await page.locator('.reply', { hasText: 'before,' }).waitFor();

    await line.cut();
    release(daemon.home, 'meanwhile');
    await page.locator('.header', { hasText: 'connecting' }).waitFor();
    tellAgent(daemon.home, 'second', [step.ends('the second one')]);
    await say(page, 'said into the dark, play second');
    await page.getByText('waits until the daemon is back').waitFor();
    line.mend();
    await page.locator('.reply', { hasText: 'before, meanwhile,' }).waitFor();
    release(daemon.home, 'after');
    await page.locator('.reply', { hasText: 'before, meanwhile, after' }).first().waitFor();
    await until(
      'the second message was answered or taken into the turn',
      async () =>
        (await daemon.value(
          `SELECT count(*)::int FROM tasks WHERE conversation = 'outage' AND finished_at IS NOT NULL`,
        )) === 2,
    );
    await until('two turns are shown', async () => (await page.locator('.turn').count()) === 2);
    expect(await daemon.value(`SELECT count(*)::int FROM events WHERE conversation = 'outage'`)).toBe(2);
  });
});

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByLabel('Message', { exact: true }).press('Enter');
}
