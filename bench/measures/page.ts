import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Context, Measurement } from '../context.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';

const chromiumPath = process.env['NINJAD_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
const viewport = { width: 1440, height: 900 };
const mostKilobytes = 300;
const interactiveWithinMs = 1_000;
/** A page that is busy for longer does not feel like one. */
const longTaskMs = 50;

/** The panels that follow a feed, by their address. */
const panels = ['now', 'chat', 'tasks', 'tree', 'activity'];

/**
 * The dashboard in a real browser: what a first visit transfers, when it shows the daemon's state, and the longest time for
 * which a panel does not answer while events pass steadily.
 */
export const page: Measurement = {
  name: 'page',
  title: 'the dashboard in a browser',
  async run(bench) {
    if (!existsSync(chromiumPath))
      return { figures: [], wrong: [], skipped: `there is no Chromium at ${chromiumPath}` };
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    try {
      return { figures: await figuresOf(browser, bench), wrong: [] };
    } finally {
      await browser.close();
    }
  },
};

async function figuresOf(browser: Browser, bench: Context): Promise<Figure[]> {
  const { client, fifo } = await bench.daemon();
  const { url } = await client.ask('dashboard.link', { renew: false });
  const context = await browser.newContext({ viewport });
  const first = await context.newPage();
  await first.goto(url);
  await first.waitForURL((at) => at.pathname === '/');
  await first.close();
  const { origin } = new URL(url);
  const loads = [];
  // Both halves of the session: the cookie, and the key in the storage of the origin.
  const storageState = await context.storageState();
  for (let round = 0; round < Math.max(5, bench.sizes.repeats); round += 1)
    loads.push(await load(browser, storageState, origin));
  const figures: Figure[] = [
    {
      id: 'page.kilobytes',
      what: 'first load of the dashboard, as transferred',
      value: Math.max(...loads.map(({ kilobytes }) => kilobytes)),
      unit: 'kB',
      target: { sense: '<=', value: mostKilobytes },
    },
    {
      id: 'page.interactive',
      what: 'from its address to its state on the screen',
      value: median(loads.map(({ interactiveMs }) => interactiveMs)),
      unit: 'ms',
      target: { sense: '<=', value: interactiveWithinMs },
      note: 'empty cache, loopback',
    },
  ];
  for (const panel of panels)
    figures.push(await longestTask(context, `${origin}/#/${panel}`, fifo, bench.sizes));
  return figures;
}

/** A first visit: a context of its own has an empty cache. Its clock begins with the navigation. */
async function load(
  browser: Browser,
  storageState: Awaited<ReturnType<BrowserContext['storageState']>>,
  origin: string,
): Promise<{ kilobytes: number; interactiveMs: number }> {
  const context = await browser.newContext({ viewport, storageState });
  try {
    await context.addInitScript(`
      new MutationObserver((_, observer) => {
        if (document.querySelector('.header-facts .fact') === null) return;
        globalThis.shownAt = performance.now();
        observer.disconnect();
      }).observe(document, { childList: true, subtree: true });
    `);
    const visited = await context.newPage();
    const session = await context.newCDPSession(visited);
    await session.send('Network.enable');
    let transferred = 0;
    session.on('Network.loadingFinished', ({ encodedDataLength }) => (transferred += encodedDataLength));
    await visited.goto(origin, { waitUntil: 'networkidle' });
    await shown(visited);
    return {
      kilobytes: transferred / 1000,
      interactiveMs: Number(await visited.evaluate('globalThis.shownAt')),
    };
  } finally {
    await context.close();
  }
}

async function shown(visited: Page): Promise<void> {
  await visited.locator('.header-facts .fact').first().waitFor({ state: 'attached' });
}

async function longestTask(
  context: BrowserContext,
  address: string,
  fifo: string,
  { steadySeconds, steadyPerSecond }: Context['sizes'],
): Promise<Figure> {
  const visited = await context.newPage();
  await visited.goto(address);
  await shown(visited);
  await visited.locator('.panel').first().waitFor();
  // What it takes to open is not what is asked here.
  await delay(1_000);
  await visited.evaluate(`
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ type: 'longtask' });
  `);
  await writeSteadily(fifo, steadySeconds, steadyPerSecond);
  const longest = Number(await visited.evaluate('globalThis.longest'));
  await visited.close();
  const panel = new URL(address).hash.slice(2);
  return {
    id: `page.longest.${panel}`,
    what: `longest task of the page, ${panel}, ${steadyPerSecond.toLocaleString('en')} events a second`,
    value: longest,
    unit: 'ms',
    target: { sense: '<=', value: longTaskMs },
    note: longest === 0 ? 'none above 50 ms' : `${steadySeconds} s`,
  };
}

async function writeSteadily(fifo: string, seconds: number, perSecond: number): Promise<void> {
  const fd = openSync(fifo, 'w');
  try {
    const atOnce = perSecond / 20;
    for (let batch = 0; batch < seconds * 20; batch += 1) {
      const line = (index: number): string => `LOW|bench||steady|${batch}.${index} a line that passes\n`;
      for (let index = 0; index < atOnce; index += 1) writeSync(fd, line(index));
      await delay(50);
    }
  } finally {
    closeSync(fd);
  }
}
