import { mkdirSync, statSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { enter } from '../helpers/dashboard.ts';
import { littleScene } from '../helpers/scene.ts';
import { step, tellAgent, toldAgent } from '../helpers/told-agent.ts';

const browser = useBrowser();
/** `npm run screenshots` writes README's pictures anew, with some minutes of history in the plots. */
const isForReadme = process.env['NINJAD_SCREENSHOTS'] !== undefined;
const samples = isForReadme ? 24 : 2;
const mostBytes = 250_000;

const reply = `The nas had **one** complaint:

| when | what |
| --- | --- |
| 02:31 | backup to the shed timed out |
| 02:47 | second try went through, 41 GB in 12 minutes |

\`\`\`sh
rsync: [sender] connection unexpectedly closed (0 bytes received so far)
\`\`\`

The shed had lost its Wi-Fi for some minutes; \`ping shed.lan\` answers again. I would

1. leave it as it is, and
2. look again if it happens a second night.`;

describeInBrowser('the pictures of README', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({ env: toldAgent, config: { 'spend.dailyUsd': 5, 'task.killGraceMs': 300 } });
    await littleScene(daemon);
    await daemon.rows(`UPDATE machines SET state = 'up', state_since = now() WHERE name = 'shed'`);
  });
  afterAll(() => endDaemons());

  it('show work going on, and a conversation', async () => {
    tellAgent(
      daemon.home,
      'night',
      [step.writes(reply), step.says(reply), step.ends(reply, 0.084)],
      'say in the night?',
    );
    tellAgent(
      daemon.home,
      'gallery',
      [
        step.says('I look at the slow page first.'),
        step.calls('Bash', {
          command: 'curl -so /dev/null -w "%{time_total}" https://web-1.example/gallery/12',
        }),
        step.waits('never'),
      ],
      'slow since Tuesday?',
    );
    tellAgent(
      daemon.home,
      'disk',
      [step.writes('Of the 91 GB on /data, 30 are old snapshots'), step.waits('never')],
      '/data is 91 % full: what can go?',
    );
    ask(daemon, 'night', 'What did the nas say in the night?');
    await until(
      'the night is told',
      async () =>
        (await daemon.value(`SELECT count(*)::int FROM tasks WHERE reply LIKE 'The nas had%'`)) === 1,
    );
    ask(daemon, 'gallery', 'Why is the gallery slow since Tuesday?');
    daemon.write('HIGH|fleet:nas||task|/data is 91 % full: what can go?\n');
    await historyOf(daemon);

    const { page } = await browser.open(daemon, { address: '/#/chat/night' });
    await page.locator('.reply', { hasText: 'a second night' }).waitFor();
    await keep(page, 'chat');
    await page.goto(new URL('/#/now', page.url()).href);
    await page.locator('.now-words li', { hasText: '91 % full' }).waitFor();
    await page.locator('.plot canvas').first().waitFor();
    await page.locator('.ninja-mood', { hasText: 'juggling' }).waitFor();
    await keep(page, 'now');
  });
});

function ask(daemon: TestDaemon, conversation: string, text: string): void {
  daemon.write(`HUMAN|dashboard||chat|${JSON.stringify({ text, conversation })}\n`);
}

/** Lets sensors speak until the plots have so many points. */
async function historyOf(daemon: TestDaemon): Promise<void> {
  const visitor = await enter(daemon);
  let told = 0;
  await until(
    'the plots have something to show',
    async () => {
      const { waiting } = (await visitor.fetch('/api/now/series')).json() as { waiting: (number | null)[] };
      const known = waiting.filter((value) => value !== null).length;
      if (known > told) {
        told = known;
        const lines = Math.round(6 + 5 * Math.sin(told / 3));
        for (let line = 0; line < lines; line += 1) daemon.write(`LOW|cron:disk||metric|${60 + line}%\n`);
      }
      return known >= samples;
    },
    280_000,
  );
}

async function keep(page: Page, name: string): Promise<void> {
  const path = await screenshot(page, `readme-${name}`);
  expect(statSync(path).size).toBeLessThan(mostBytes);
  if (!isForReadme) return;
  mkdirSync(packagePath('.github', 'screenshots'), { recursive: true });
  await page.screenshot({
    path: packagePath('.github', 'screenshots', `${name}.png`),
    animations: 'disabled',
  });
}
