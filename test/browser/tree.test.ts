import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ActorView, TreeView } from '../../src/inspection/tree-view.ts';
import { accessibilityFindings, describeInBrowser, screenshot, useBrowser } from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

vi.setConfig({ testTimeout: 240_000 });
const browser = useBrowser();

const rowsOf = (page: Page) => page.locator('.outline .virtual-row');
const row = (page: Page, id: string) =>
  rowsOf(page).filter({ has: page.locator('.outline-name', { hasText: new RegExp(`^${id}\\b`) }) });
const listLength = async (page: Page): Promise<number> =>
  Number(await rowsOf(page).first().getAttribute('aria-setsize'));
const overflow = (page: Page): Promise<number> =>
  page.locator('html').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);

describeInBrowser('the tree', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
  }, 200_000);
  afterAll(() => endDaemons());

  it('shows every live actor under its parent, and a machine from inside', async () => {
    const { page } = await browser.open(daemon, { address: '/#/tree' });
    await row(page, 'mailbox').waitFor();
    const names = await rowsOf(page).locator('.outline-name').allInnerTexts();
    expect(names.slice(0, 3)).toEqual(['root', 'tree', 'database']);
    for (const id of ['tasks', 'dashboard', 'fifo-reader']) await scrollTo(page, id);
    await scrollTo(page, 'root');
    await screenshot(page, 'tree');
    expect(await accessibilityFindings(page)).toEqual([]);

    await scrollTo(page, 'router');
    await row(page, 'router').click();
    await page.getByRole('heading', { name: 'router' }).waitFor();
    await page.locator('.chart-state.is-lit', { hasText: 'idle' }).waitFor();
    expect(await page.locator('.chart-state').count()).toBeGreaterThan(3);
    daemon.write('LOW|shell||note|a line that passes\n');
    const events = page.getByRole('region', { name: 'Last events' });
    await events.getByText('mail.waiting').first().waitFor();
    await screenshot(page, 'tree-actor');
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await page.locator('body').innerText()).not.toContain('a line that passes');
  });

  it('follows what passes between the actors, stands still on pause, and goes on', async () => {
    const { page } = await browser.open(daemon, { address: '/#/tree' });
    await rowsOf(page).first().waitFor();
    await page.getByRole('region', { name: 'What passes' }).waitFor();
    await page.getByRole('searchbox', { name: 'Filter' }).fill('router');
    const transitions = page.locator('.sequence .virtual-row', { hasText: 'router' });
    daemon.write('LOW|shell||note|one\n');
    await transitions.first().waitFor();
    await until('the filter holds', async () =>
      (await page.locator('.sequence .virtual-row').allInnerTexts()).every((text) => text.includes('router')),
    );
    await screenshot(page, 'tree-transitions');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    const before = await page.locator('.sequence .virtual-row').allInnerTexts();
    const { done } = (await daemon.status()).counts;
    daemon.write('LOW|shell||note|two\n');
    await until('it is recorded', async () => (await daemon.status()).counts.done === done + 1);
    expect(await page.locator('.sequence .virtual-row').allInnerTexts()).toEqual(before);
    await page.getByRole('button', { name: 'Go on' }).click();
    await until(
      'it goes on',
      async () => (await page.locator('.sequence .virtual-row').allInnerTexts()).length > before.length,
    );
  });

  it('is worked by keyboard', async () => {
    const { page } = await browser.open(daemon, { address: '/#/tree' });
    await row(page, 'root').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'database' }).waitFor();
    expect(page.url()).toContain('#/tree/root/tree/database');
    await row(page, 'tree').focus();
    await page.keyboard.press('ArrowLeft');
    await until('it is folded', async () => (await listLength(page)) === 2);
    await page.keyboard.press('ArrowRight');
    await until('it is open again', async () => (await listLength(page)) > 10);
  });

  it.each(['wide', 'phone'] as const)('stays readable with 200 tasks, %s', async (size) => {
    const { page } = await browser.openContext({ size });
    page.setDefaultTimeout(60_000);
    await addTasks(page, 200);
    const { url } = await daemon.client.ask('dashboard.link', { renew: false });
    await page.goto(url);
    await page.waitForURL((at) => at.pathname === '/');
    await page.goto(new URL('/#/tree', url).href);
    await row(page, 'root').waitFor();
    await until('all are listed', async () => (await listLength(page)) > 200);
    expect(await rowsOf(page).count()).toBeLessThan(60);
    await scrollTo(page, 'tasks');
    await scrollTo(page, 'task.1003');
    await screenshot(page, 'tree-200');
    expect(await overflow(page)).toBe(0);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('task.1017');
    await until('only those that fit stay', async () => (await listLength(page)) === 4);
    await screenshot(page, 'tree-200-filter');
  });

  it('shows an actor on a phone without the list beside it', async () => {
    const { page } = await browser.open(daemon, { size: 'phone', address: '/#/tree/root/tree/tasks' });
    await page.locator('.chart-state.is-lit').first().waitFor();
    await screenshot(page, 'tree-actor');
    expect(await overflow(page)).toBe(0);
  });
});

/** Scrolls the list, of which only the rows in sight exist, until the row of this actor does; from the top where it ended. */
async function scrollTo(page: Page, name: string): Promise<void> {
  await until(`the row of ${name} is there`, async () => {
    if ((await row(page, name).count()) > 0) return true;
    await page.evaluate(
      "{ const list = document.querySelector('.outline'); const at = list.scrollTop; list.scrollTop += 160; if (list.scrollTop === at) list.scrollTop = 0; }",
    );
    return false;
  });
}

/** Answers `tree.get` with so many tasks more than there are, each with a run below. */
async function addTasks(page: Page, count: number): Promise<void> {
  await page.routeWebSocket(/\/socket\.io\//, (socket) => {
    const server = socket.connectToServer();
    const asked = new Set<string>();
    socket.onMessage((message) => {
      const id = /^42(\d+)\["tree\.get"/.exec(String(message))?.[1];
      if (id !== undefined) asked.add(id);
      server.send(message);
    });
    server.onMessage((message) => {
      const id = /^43(\d+)\[/.exec(String(message))?.[1];
      if (id === undefined || !asked.delete(id)) {
        socket.send(message);
        return;
      }
      const [answer] = JSON.parse(String(message).slice(2 + id.length)) as [{ ok: true; data: TreeView }];
      answer.data.actors.push(...tasks(count, answer.data.at));
      socket.send(`43${id}${JSON.stringify([answer])}`);
    });
  });
}

function tasks(count: number, now: number): ActorView[] {
  const states = ['running', 'recalling', 'recording', 'replying', 'admitted'];
  return Array.from({ length: count }, (_, index) => {
    const path = `root/tree/tasks/task.${1_000 + index}`;
    const view = { kind: 'machine' as const, status: 'active', since: now - index * 7_000, supervised: null };
    return [
      {
        ...view,
        path,
        id: `task.${1_000 + index}`,
        machine: 'task',
        states: [states[index % states.length] as string],
      },
      { ...view, path: `${path}/run`, id: 'run', machine: 'agent-run', states: ['live'] },
    ];
  }).flat();
}
