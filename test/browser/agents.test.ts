import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, forgetHome, startDaemon, type TestDaemon } from '../helpers/daemon.ts';

const browser = useBrowser();

const codex = `#!/bin/sh
[ "$1" = --version ] && echo codex-cli 0.171.0 && exit 0
cat >/dev/null
echo '{"type":"thread.started","thread_id":"01a2b3c4-0000-7000-8000-000000000001"}'
echo '{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"ready"}}'
echo '{"type":"turn.completed","usage":{"input_tokens":1000,"output_tokens":100}}'
`;
const loggedOut = `#!/bin/sh
[ "$1" = --version ] && echo 2.1.330 && exit 0
echo '{"type":"system","subtype":"init","session_id":"0b7c5a3e-0000-4000-8000-000000000000"}'
echo '{"type":"assistant","error":"authentication_failed","message":{"content":[{"type":"text","text":"Please run /login"}]}}'
echo '{"type":"result","subtype":"success","is_error":true,"result":"Please run /login","total_cost_usd":0}'
exit 1
`;
const slow = '#!/bin/sh\nexec sleep 600\n';

describeInBrowser('agents', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'njd-agents-'));
    forgetHome(folder);
    const program = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
      return join(folder, name);
    };
    daemon = await startDaemon({
      config: {
        'agent.path': program('claude', loggedOut),
        'agent.fallback': 'codex',
        'agent.paths': { codex: program('codex', codex), gemini: program('gemini', slow) },
      },
      env: { PATH: '/usr/bin:/bin', OPENAI_API_KEY: 'a-dummy' },
    });
  });
  afterAll(() => endDaemons());

  it('are shown with what they can, also while one is looked for, and tried by one word', async () => {
    const { page } = await browser.open(daemon, { address: '/#/agents' });
    const row = (title: string) => page.locator('.agent', { hasText: title });
    await row('Gemini CLI').getByText('looked for').waitFor();
    await row('Codex').getByText('0.171.0').waitFor();
    await row('Codex').getByText('fallback').waitFor();
    await page.getByRole('heading', { name: 'Not on this machine' }).waitFor();
    await row('Codex').getByRole('button', { name: 'Test Codex' }).click();
    await row('Codex').locator('.agent-said').getByText('ready').waitFor();
    await row('Claude Code').getByRole('button', { name: 'Test Claude Code' }).click();
    await row('Claude Code').getByText('Codex answered, since').waitFor();
    await row('Claude Code').locator('.agent-failures li').getByText('not logged in').first().waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'agents');
    const phone = await browser.open(daemon, { address: '/#/agents', size: 'phone' });
    await phone.page.locator('.agent-failures li').first().waitFor();
    await screenshot(phone.page, 'agents-phone');
  });

  it('sign the replies, and may be chosen for a goal and a rule', async () => {
    await daemon.ninjad('ask', '--conversation', 'garden', '--agent', 'codex', 'ready?');
    const { page } = await browser.open(daemon, { address: '/#/chat/garden' });
    await page.locator('.reply', { hasText: 'ready' }).locator('.agent-sign', { hasText: 'Codex' }).waitFor();
    await screenshot(page, 'agents-chat');
    await page.goto(page.url().replace(/#.*/, '#/goals'));
    await page.getByRole('button', { name: 'Add a goal' }).first().click();
    const form = page.getByRole('dialog');
    await form.getByLabel('What it is called').fill('report');
    await form.getByLabel('When').fill('every day at 9');
    await form.getByLabel('What the agent is asked').fill('What is new?');
    await form.getByText('Checks, limits and quiet hours').click();
    await form.getByLabel('Agent', { exact: true }).selectOption({ label: 'Gemini CLI' });
    await screenshot(page, 'agents-goal');
    await form.getByRole('button', { name: 'Add it' }).click();
    await page.locator('.goal', { hasText: 'by Gemini CLI' }).waitFor();
    expect(await daemon.value(`SELECT agent FROM goals WHERE name = 'report'`)).toBe('gemini');
    await page.goto(page.url().replace(/#.*/, '#/rules'));
    await page.getByRole('button', { name: 'New rule' }).click();
    const rule = page.getByRole('dialog');
    await rule.getByLabel('Name').fill('to-codex');
    await rule.getByLabel('Category', { exact: true }).fill('job');
    await rule.getByLabel('Its task goes to').selectOption({ label: 'Codex' });
    await rule.getByRole('button', { name: 'Add it' }).click();
    await page.locator('.rule-row', { hasText: 'by codex' }).waitFor();
  });
});
