import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page, type WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, vi } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { type TestDaemon, until } from './daemon.ts';

/** The two sizes that every panel is looked at. */
export const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

export type Size = keyof typeof sizes;

/** A page of the dashboard and what went wrong in it. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Errors on the console, uncaught errors, dialogs, failed requests and bad statuses so far; empty is good. */
  troubles: string[];
  /** Expected troubles, such as those of a daemon that a test ends: they are not collected. */
  forgive(pattern: RegExp): void;
}

export interface OpenOptions {
  size?: Size;
  /** What follows the origin once the door is open, such as `/#/tasks`. */
  address?: string;
  /** By default nothing moves: a browser without a graphics card spends a core on what does. */
  reducedMotion?: boolean;
  /** What the system asks of pages. Default: dark. */
  colorScheme?: 'dark' | 'light';
}

const chromiumPath = process.env['NINJAD_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
const hasChromium = isExecutable(chromiumPath);
if (!hasChromium)
  console.warn(
    `browser tests are skipped: no Chromium at ${chromiumPath} (NINJAD_TEST_CHROMIUM names another)`,
  );

/** `describe` for what needs a browser: skipped where there is none. */
export const describeInBrowser = describe.skipIf(!hasChromium);

/**
 * One browser for the file it is called in, at its top. Each `open` is a context of its own, closed after the test; a test
 * fails by any trouble in its pages.
 */
export function useBrowser() {
  vi.setConfig({ testTimeout: 300_000, hookTimeout: 240_000 });
  let browser: Browser | undefined;
  const visits: Visit[] = [];
  beforeAll(async () => {
    if (hasChromium) browser = await chromium.launch({ executablePath: chromiumPath, args: launchArgs });
  });
  afterEach(async () => {
    const ended = visits.splice(0);
    await Promise.all(ended.map(({ context }) => context.close()));
    for (const { troubles } of ended) expect(troubles, 'what went wrong in the page').toEqual([]);
  });
  afterAll(() => browser?.close());

  /** Goes through the door by a one-time link and waits until the page has heard from the daemon. */
  async function open(
    daemon: Pick<TestDaemon, 'client'>,
    { size = 'wide', address, reducedMotion = true, colorScheme = 'dark' }: OpenOptions = {},
  ): Promise<Visit> {
    const visit = await openContext({ size, reducedMotion, colorScheme });
    const { url } = await daemon.client.ask('dashboard.link', { renew: false });
    await visit.page.goto(url);
    await visit.page.waitForURL((at) => at.pathname === '/');
    if (address !== undefined) await visit.page.goto(new URL(address, url).href);
    await visit.page.locator('.header-facts .fact').first().waitFor({ state: 'attached' });
    return visit;
  }

  /** A browser that has no session yet. */
  async function openContext({
    size = 'wide',
    reducedMotion = true,
    colorScheme = 'dark',
  }: Pick<OpenOptions, 'size' | 'reducedMotion' | 'colorScheme'> = {}): Promise<Visit> {
    if (browser === undefined) throw new Error('the browser has not been started');
    const context = await browser.newContext({
      viewport: sizes[size],
      hasTouch: size === 'phone',
      isMobile: size === 'phone',
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      colorScheme,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(waitMs);
    const page = await context.newPage();
    const visit = { page, context, ...collectTroubles(page) };
    visits.push(visit);
    return visit;
  }
  return { open, openContext };
}

/** Writes `test-results/<name>-<width>.png` and returns its path; animations are at their end in it. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const folder = packagePath('test-results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}-${page.viewportSize()?.width ?? 0}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  return path;
}

/** What axe finds serious or critical in the page as it stands, as lines to read. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  await evaluateSource(page, axe.source);
  const { violations } = await page.evaluate(() => {
    const there = globalThis as unknown as { axe: typeof axe; document: axe.ElementContext };
    return there.axe.run(there.document, { resultTypes: ['violations'] });
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
    );
}

/** A page's line to the daemon, to be cut and mended; call it before the page opens. */
export async function holdLine(page: Page) {
  const routes = new Set<WebSocketRoute>();
  let isCut = false;
  await page.routeWebSocket(/socket\.io/, (route) => {
    if (isCut) {
      void route.close();
      return;
    }
    route.connectToServer();
    routes.add(route);
  });
  return {
    async cut() {
      isCut = true;
      await Promise.all([...routes].map((route) => route.close()));
      routes.clear();
    },
    mend() {
      isCut = false;
    },
  };
}

/** A browser, a daemon and its database on two cores that others use too. */
const waitMs = 60_000;

/** Debian's build in a container: no sandbox of its own, no GPU, and no word to anybody outside. */
const launchArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function collectTroubles(page: Page): Pick<Visit, 'troubles' | 'forgive'> {
  const troubles: string[] = [];
  const forgiven: RegExp[] = [];
  const add = (trouble: string) => {
    if (!forgiven.some((pattern) => pattern.test(trouble))) troubles.push(trouble);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') add(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => add(`error: ${error.message} ${error.stack ?? ''}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? 'failed';
    // The browser itself gives up what is under way when the page goes on from the door.
    if (why !== 'net::ERR_ABORTED') add(`request: ${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) add(`answer: ${response.status()} ${response.url()}`);
  });
  page.on('dialog', (dialog) => {
    add(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { troubles, forgive: (pattern) => void forgiven.push(pattern) };
}

/** The page's CSP forbids script tags and eval; the debugger's own evaluation is no part of the page. */
async function evaluateSource(page: Page, source: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  try {
    const { exceptionDetails } = await session.send('Runtime.evaluate', { expression: source });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
  } finally {
    await session.detach();
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Waits until an expression is true in the page. Playwright's own wait evaluates a text within the page, which the page's policy refuses. */
export async function holdsIn(page: Page, expression: string): Promise<void> {
  await until(`${expression} in the page`, async () => (await page.evaluate(expression)) === true);
}
