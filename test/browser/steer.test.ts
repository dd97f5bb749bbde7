import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

const browser = useBrowser();

/** Answers once there is a file of this name in its home; what is asked last counts, since memories stand before it. */
const agent = String.raw`
let prompt = '';
process.stdin.on('data', (chunk) => (prompt += chunk)).on('end', () => {
  const [name] = prompt.match(/until-[a-z]+/g)?.slice(-1) ?? [];
  const answer = () => console.log('after ' + (name ?? 'nothing'));
  if (name === undefined) return answer();
  const { existsSync } = process.getBuiltinModule('node:fs');
  const timer = setInterval(() => {
    if (!existsSync(process.env.HOME + '/' + name)) return;
    clearInterval(timer);
    answer();
  }, 50);
});`;

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
}

describeInBrowser('an agent that hears nothing while it works', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({
      config: { agent: { command: [process.execPath, '-e', agent] }, task: { maxAttempts: 1 } },
    });
  });
  afterAll(() => endDaemons());

  it('is said to be one, in the field and beside the message that waits; Esc stops it', async () => {
    const { page } = await browser.open(daemon, { address: '/#/chat/deaf' });
    await say(page, 'wait until-first');
    await page.getByPlaceholder('It hears nothing while it works: this comes next').waitFor();
    await say(page, 'and then wait until-second');
    await page
      .locator('.reply', { hasText: 'comes after the reply above, which hears nothing while it works' })
      .waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'chat-deaf');
    writeFileSync(join(daemon.home, 'until-first'), '');
    await page.locator('.reply', { hasText: 'after until-first' }).waitFor();
    // The second one runs now; Esc in the empty field stops it.
    await until(
      'only the second one goes on',
      async () => (await page.locator('.reply[aria-busy]').count()) === 1,
    );
    await page.getByPlaceholder('It hears nothing while it works: this comes next').press('Escape');
    await page.locator('.reply .state', { hasText: 'stopped' }).waitFor();
  });

  it('is not offered to be steered on the page of its task, and the command says why not', async () => {
    const { page } = await browser.open(daemon, { address: '/#/chat/deaf-task' });
    await say(page, 'wait until-third');
    await page.getByPlaceholder('It hears nothing while it works: this comes next').waitFor();
    const id = Number(await daemon.value(`SELECT max(id) FROM tasks WHERE conversation = 'deaf-task'`));
    await page.evaluate(`location.hash = '#/tasks/${id}'`);
    await page.getByText('Its agent hears nothing while it works.').waitFor();
    expect(await page.getByRole('button', { name: 'Steer' }).count()).toBe(0);
    const refused = await daemon.ninjad('task', String(id), '--steer', 'use the blue one');
    expect(refused).toMatchObject({
      code: 1,
      stderr: `ninjad: task ${id} cannot be told: the program of agent.command hears nothing while it works; what you say in its conversation comes after it\n`,
    });
    writeFileSync(join(daemon.home, 'until-third'), '');
    await page.locator('.panel-head .state', { hasText: 'done' }).waitFor();
  });
});
