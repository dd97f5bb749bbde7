import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { littleScene } from '../helpers/scene.ts';

const browser = useBrowser();

describeInBrowser('the review of a draft', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
    await littleScene(daemon);
    await daemon.rows(`
      UPDATE wishlist SET expected = '{"metric": "event.perDay:cron:disk", "today": 288, "goal": 20}', effort = 'small',
             risk = 'a slow leak is seen later', measured_by = 'events a day of the sensor',
             evidence = '[{"kind": "source", "ref": "cron:disk", "note": "288 events a day"}, {"kind": "task", "ref": "1", "note": "asked why"}]'
       WHERE id = 1;
      INSERT INTO wish_moves (wish_id, at, moved_by, move, from_state, to_state, version)
        VALUES (1, now() - interval '2 days', 'retrospective', 'propose', NULL, 'proposed', NULL),
               (1, now() - interval '1 day', 'discord', 'approve', 'proposed', 'approved', NULL),
               (1, now() - interval '5 hours', 'drafter', 'finish', 'drafting', 'drafted', 1)`);
  });
  afterAll(() => endDaemons());

  it('shows what it promises, what backs it and who moved it, and leads from the tree to a file', async () => {
    const { page } = await browser.open(daemon, { address: '/#/decide/wishes/1' });
    await page.getByText('event.perDay:cron:disk').waitFor();
    await page.getByRole('link', { name: 'task 1' }).waitFor();
    await page.getByText('you, in Discord').waitFor();
    await page.getByText('⚑ touches tests').waitFor();
    await page.locator('.diff-file').nth(1).locator('summary').click();
    await page.locator('.file-leaf', { hasText: 'disk.test.ts' }).click();
    await page.locator('.diff-file[open]', { hasText: 'disk.test.ts' }).waitFor();
  });

  it('takes comments on lines and on files, and has the next version drafted with them', async () => {
    const { page } = await browser.open(daemon, { address: '/#/decide/wishes/1' });
    const first = page.locator('.diff-file').first();
    await first.getByRole('button', { name: 'Comment on line 12' }).click();
    await first.getByLabel('Comment on line 12').last().fill('Read it once a minute.');
    await first.getByRole('button', { name: 'Comment', exact: true }).click();
    await first.locator('.diff-comment', { hasText: 'Read it once a minute.' }).waitFor();
    await first.getByRole('button', { name: 'Comment on the file' }).click();
    await first.locator('textarea').fill('Too long.');
    await first.getByRole('button', { name: 'Comment', exact: true }).click();
    await page.getByRole('button', { name: 'Redraft with 2 comments' }).waitFor();
    await first
      .locator('.diff-comment', { hasText: 'Too long.' })
      .getByRole('button', { name: 'Take it back' })
      .click();
    await page.getByRole('button', { name: 'Redraft with 1 comment' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'wish-comments');
    await page.getByRole('button', { name: 'Redraft with 1 comment' }).click();
    await until(
      'it is to be drafted',
      async () => (await daemon.value('SELECT state FROM wishlist WHERE id = 1')) === 'approved',
    );
    expect(await daemon.rows('SELECT version, file, line, text FROM wish_comments')).toEqual([
      [1, 'src/lib/sensors/disk.ts', 12, 'Read it once a minute.'],
    ]);
  });

  it('shows the versions, each as it was', async () => {
    await daemon.rows(`
      INSERT INTO wish_drafts (wish_id, version, state, started_by, repository, base, patch, summary, files, tests, cost_usd, started_at, ended_at)
        SELECT 1, 2, 'drafted', 'night', '/srv/ninjad', base, patch, 'Reads once a minute.', files,
               '{"base": {"ran": true, "passed": true, "command": "npm test", "exitCode": 0, "output": "fine", "durationMs": 9},
                 "draft": {"ran": true, "passed": false, "command": "npm test", "exitCode": 1, "output": "one failed", "durationMs": 9, "knownFailures": ["slow one"]},
                 "own": {"ran": false, "passed": false, "command": "", "exitCode": null, "output": "it has none", "durationMs": 0}}',
               0.3, now(), now() FROM wish_drafts WHERE version = 1;
      UPDATE wishlist SET state = 'drafted', version = 2 WHERE id = 1`);
    for (const size of ['wide', 'phone'] as const) {
      const { page } = await browser.open(daemon, { address: '/#/decide/wishes/1', size });
      await page.getByText('Reads once a minute.').waitFor();
      await page.getByText('failed with status 1').waitFor();
      await page.getByText('not run').waitFor();
      expect(await accessibilityFindings(page)).toEqual([]);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
      await screenshot(page, 'wish-versions');
      await page.locator('.diff-lines').first().scrollIntoViewIfNeeded();
      await screenshot(page, 'wish-diff');
      await page.getByLabel('Version of the draft').selectOption('1');
      await page.locator('strong', { hasText: 'one percent' }).waitFor();
    }
  });
});
