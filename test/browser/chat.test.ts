import { statSync } from 'node:fs';
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
    await page.getByPlaceholder('It hears this while it works').waitFor();
    await say(page, 'use the blue one');
    await page.locator('.reply', { hasText: 'the blue one then' }).first().waitFor();
    await page.locator('.reply', { hasText: 'heard while it works: the reply above is for both' }).waitFor();
    expect(await page.locator('.reply', { hasText: 'the blue one then' }).count()).toBe(1);
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
    // The only drawing is the sign of who answered.
    expect(await page.locator('.reply img, .reply script, .reply svg:not(.agent-sign svg)').count()).toBe(0);
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

  it('begins in the middle, with examples that work and the focus in the field', async () => {
    const fresh = await startDaemon({ env: toldAgent });
    const { page } = await browser.open(fresh, { address: '/#/chat' });
    await page.locator('#message:focus').waitFor();
    const middle = await page.locator('.composer textarea').boundingBox();
    expect(middle?.y).toBeGreaterThan(200);
    expect(middle?.y).toBeLessThan(650);
    expect(await page.locator('.example').count()).toBe(3);
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'chat-empty');
    await page.getByRole('button', { name: /remember/ }).click();
    await page.locator('#message:focus').waitFor();
    await page.keyboard.type('the hose is blue');
    await page.keyboard.press('Enter');
    await page.locator('.reply', { hasText: /memory|remember/i }).waitFor();
    await page.locator('.turn-day', { hasText: 'Today' }).waitFor();
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.getByRole('button', { name: /^\/status/ }).click();
    await page.locator('.reply', { hasText: 'tasks' }).waitFor();

    await page.keyboard.press('ArrowUp');
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('/remember the hose is blue');
    await page.keyboard.press('ArrowDown');
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('');
    await page.keyboard.type('/st');
    await page.getByRole('option', { name: /\/status/ }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('/status');
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  it('shows what was asked in a terminal with its face, goes on with it, and counts it as read', async () => {
    tellAgent(daemon.home, 'hose', [step.ends('the hose is blue')], 'which colour');
    await daemon.ninjad('ask', 'which colour has the hose?');
    const { page } = await browser.open(daemon, { address: '/#/chat' });
    const talk = page.locator('.talk', { hasText: 'which colour has the hose?' });
    await talk.waitFor();
    expect(await talk.locator('.mark').count()).toBe(0);
    await talk.getByText('in a terminal').waitFor({ state: 'attached' });
    await talk.click();
    await page.locator('.said-by', { hasText: 'in a terminal' }).waitFor();
    tellAgent(daemon.home, 'again', [step.ends('still blue')]);
    await say(page, 'and now? play again');
    await page.locator('.reply', { hasText: 'still blue' }).waitFor();
    expect(
      await daemon.value(
        `SELECT count(DISTINCT conversation)::int FROM events WHERE payload LIKE '%and now?%' OR payload LIKE '%which colour%'`,
      ),
    ).toBe(1);
  });

  it('names, pins, finds and deletes conversations, with a way back', async () => {
    tellAgent(daemon.home, 'rose', [step.ends('The rose wants water')]);
    const { page } = await browser.open(daemon, { address: '/#/chat/roses' });
    await say(page, 'play rose');
    await page.locator('.reply', { hasText: 'The rose wants water' }).waitFor();
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('Name of the conversation').fill('The garden');
    await page.keyboard.press('Enter');
    const talk = page.locator('.talk', { hasText: 'The garden' });
    await talk.waitFor();
    await page.getByRole('button', { name: 'Pin' }).click();
    await page.locator('.talk-day', { hasText: 'Pinned' }).waitFor();
    await page.getByLabel('Search conversations').fill('wants water');
    await until('only one is found', async () => (await page.locator('.talk').count()) === 1);
    await talk.waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'chat-named');
    await page.getByLabel('Search conversations').fill('');
    await page.getByRole('button', { name: 'Delete' }).click();
    await talk.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await talk.waitFor();
    await page.locator('.reply', { hasText: 'The rose wants water' }).waitFor();
  });

  it('colours code without breaking its lines, and says what a picture was', async () => {
    const reply =
      '```ts\nconst answer: number = 42; // ' +
      'long '.repeat(60) +
      '\n```\n\n![a chart](https://charts.example/1.png)\n\n- [x] done\n';
    tellAgent(daemon.home, 'code', [step.ends(reply)]);
    const { page } = await browser.open(daemon, { address: '/#/chat/code' });
    await say(page, 'play code');
    await page.locator('.reply .hljs-keyword', { hasText: 'const' }).waitFor();
    await page.locator('.code-language', { hasText: 'ts' }).waitFor();
    const box = await page.locator('.reply pre').boundingBox();
    expect(box?.height).toBeLessThan(90);
    expect(await page.getByRole('link', { name: 'a chart' }).getAttribute('href')).toBe(
      'https://charts.example/1.png',
    );
    await page.locator('.reply', { hasText: '☑ done' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'chat-code');
  });

  it('brings files and pasted pictures to the agent, and shows the tools that it used', async () => {
    tellAgent(daemon.home, 'files', [
      step.calls('Read', { file_path: '/x/list.txt' }),
      step.returns('Read', 'milk'),
      step.says('milk is on the list'),
      step.ends('milk is on the list'),
    ]);
    const { page } = await browser.open(daemon, { address: '/#/chat/files' });
    await page.locator('.composer input[type="file"]').setInputFiles([
      { name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('milk\n') },
      { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.alloc(700_000, 7) },
    ]);
    await page.locator('.attachment', { hasText: '5 B' }).waitFor();
    await page.locator('.attachment', { hasText: 'KiB' }).waitFor();
    await page.evaluate(`(() => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(100)], 'pasted.png', { type: 'image/png' }));
      document.getElementById('message').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    })()`);
    await page.locator('.attachment', { hasText: '100 B' }).waitFor();
    await say(page, 'play files: what is on it?');
    await page.locator('.reply', { hasText: 'milk is on the list' }).waitFor();
    expect(await page.locator('.said-text').textContent()).toBe('play files: what is on it?');
    expect(await page.locator('.said .attachment').allTextContents()).toEqual([
      'list.txt',
      'photo.png',
      'pasted.png',
    ]);
    const prompt = String(await daemon.value(`SELECT payload FROM events WHERE conversation = 'files'`));
    const { text } = JSON.parse(prompt) as { text: string };
    expect(text).toContain('milk');
    const path = /"photo\.png" \(700000 bytes\) is at (\S+)/.exec(text)?.[1] ?? '';
    expect(statSync(path).size).toBe(700_000);
    await page.getByText('used 1 tool').click();
    await page.locator('.steps summary', { hasText: 'Read' }).click();
    await page.locator('.steps .tool-text', { hasText: 'milk' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'chat-files');
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
