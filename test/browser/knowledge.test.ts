import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  accessibilityFindings,
  describeInBrowser,
  screenshot,
  type Size,
  sizes,
  useBrowser,
} from '../helpers/browser.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { littleScene } from '../helpers/scene.ts';

const browser = useBrowser();

describeInBrowser('memory and graph', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon();
    await littleScene(daemon);
  });
  afterAll(() => endDaemons());

  it('finds a memory and says why it would be recalled', async () => {
    const { page } = await browser.open(daemon, { address: '/#/memory' });
    await page.locator('.memory-row', { hasText: 'The nas holds the photos' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('where are the photos?');
    const found = page.locator('.recall', { hasText: 'The nas holds the photos' });
    await found.waitFor();
    await found.getByText('would be given to a task').waitFor();
    // It is found by its words once these are known; the page asks again then.
    await found.locator('.stages', { hasText: /full text\s*#1/ }).waitFor({ state: 'attached' });
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'memory');
  });

  it('says how the models are', async () => {
    const { page } = await browser.open(daemon, { address: '/#/memory' });
    await page.locator('.models-fold > summary', { hasText: 'Finds by words alone' }).click();
    await page.locator('.models', { hasText: 'Embedder' }).getByText('not here').first().waitFor();
  });

  it('pins a memory and forgets another', async () => {
    const { page } = await browser.open(daemon, { address: '/#/memory' });
    await page.locator('.memory-row', { hasText: 'Reports in the morning' }).click();
    await page.getByRole('button', { name: 'Pin', exact: true }).click();
    await until(
      'it is pinned',
      async () => (await daemon.value('SELECT pinned FROM memory_embeddings WHERE id = 2')) === true,
    );
    await page.locator('.memory-row', { hasText: 'Reports in the morning' }).getByText('pinned').waitFor();
    await page.locator('.memory-row', { hasText: 'Newsletter of Acme' }).click();
    await page.getByRole('button', { name: 'Forget' }).click();
    await page.locator('.memory-row', { hasText: 'Newsletter of Acme' }).waitFor({ state: 'detached' });
    expect(
      await daemon.rows(`SELECT action, detail->>'memory' FROM activity_log WHERE action LIKE 'memory.%' ORDER BY id`),
    ).toEqual([['memory.pinned', '2'], ['memory.forgotten', '5']]); // prettier-ignore
  });

  it('draws the graph, finds an entity by name, and shows its relations and where each was read', async () => {
    const { page } = await browser.open(daemon, { address: '/#/graph' });
    await page.locator('.graph-canvas canvas').waitFor();
    const anna = page.getByRole('link', { name: 'Anna Lindqvist' });
    await until('she is found', async () => {
      // A daemon that has no time to answer is asked again by asking again.
      await page.getByLabel('Find an entity').fill('');
      await page.getByLabel('Find an entity').fill('anna');
      return anna.waitFor({ timeout: 20_000 }).then(
        () => true,
        () => false,
      );
    });
    await anna.click();
    await page.getByLabel('Find an entity').fill('');
    const side = page.getByRole('complementary', { name: 'Entity' });
    await side.getByText('looks after').first().waitFor();
    await side.getByText('Anna Lindqvist looks after web-1 while I am away').first().waitFor();
    await side.getByRole('link', { name: 'web-1' }).click();
    await side.getByRole('heading', { name: 'web-1' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'graph');

    await page.getByRole('button', { name: 'List' }).click();
    const names = page.getByRole('complementary', { name: 'The most mentioned' });
    await names.getByRole('link', { name: 'nas', exact: true }).click();
    await side.getByRole('heading', { name: 'nas' }).waitFor();
    for (const name of ['Closer', 'Further away', 'All'])
      await page.getByRole('button', { name, exact: true }).click();
    expect(await accessibilityFindings(page)).toEqual([]);
    await screenshot(page, 'graph-list');
  });

  for (const size of Object.keys(sizes) as Size[]) {
    it(`writes how the chosen one is related over the picture and into nobody's way: ${size}`, async () => {
      if (size === 'wide') await daemon.rows(hub);
      const id = String(await daemon.value(`SELECT id FROM entities WHERE canonical = 'gateway'`));
      const { page } = await browser.open(daemon, { size });
      await page.addInitScript(watchDrawing);
      await page.goto(new URL(`/#/graph/${id}`, page.url()).href);
      await page.reload();
      let words: Word[] = [];
      let looks = 0;
      await until('the relations are written', async () => {
        // On a busy machine the picture comes to rest early, and may have no room for a word where it does.
        looks += 1;
        if (looks % 80 === 0) await page.reload();
        words = (await page.evaluate<Word[] | undefined>('window.drawn?.words')) ?? [];
        const written = predicates.filter((predicate) => words.some(({ word }) => word === predicate));
        // A phone has no room for all of them.
        return written.length >= (size === 'wide' ? predicates.length : 2);
      });
      const circles = await page.evaluate<Box[]>('window.drawn.circles');
      const ring = circles.at(-1) as Box;
      for (const relation of words.filter(({ word }) => predicates.includes(word))) {
        expect(relation.order, `${relation.word} over all that is drawn`).toBeGreaterThan(ring.order);
        const others = [ring, ...words.filter((other) => other !== relation)];
        expect(
          others.filter((other) => overlap(relation, other)),
          relation.word,
        ).toEqual([]);
      }
      const side = page.getByRole('complementary', { name: 'Entity' });
      await side.getByText('backs up to').first().waitFor();
      const [beside, picture] = await Promise.all([
        side.boundingBox(),
        page.locator('.graph-canvas').boundingBox(),
      ]);
      expect(overlap(middleOf(beside), middleOf(picture)), 'the picture lies under the panel').toBe(false);
      await screenshot(page, 'graph-chosen');
    });
  }
});

const predicates = ['backs up to', 'is in', 'runs', 'answers at', 'depends on', 'is looked after by'];

/** One entity in the middle of six. */
const hub = `
  INSERT INTO entities (kind, canonical, name, trust, mentions, first_seen_at, last_seen_at, evidence)
  SELECT kind, lower(name), name, 'owner', mentions, now(), now(), '[]'
    FROM (VALUES ('host', 'Gateway', 40), ('host', 'Cellar store', 30), ('place', 'Trondheim', 12), ('service', 'postgres', 9),
                 ('url', 'gateway.example', 9), ('organisation', 'Nordlys Hosting', 5), ('person', 'Priya Raman', 5)) v (kind, name, mentions);
  INSERT INTO entity_relations (subject_id, predicate, object_id, trust, mentions, weight, first_seen_at, last_seen_at)
  SELECT s.id, replace(v.predicate, ' ', '_'), o.id, 'owner', 1, 1, now(), now()
    FROM (VALUES ('backs up to', 'Cellar store'), ('is in', 'Trondheim'), ('runs', 'postgres'), ('answers at', 'gateway.example'),
                 ('depends on', 'Nordlys Hosting'), ('is looked after by', 'Priya Raman')) v (predicate, object)
    JOIN entities s ON s.canonical = 'gateway' JOIN entities o ON o.name = v.object;
  INSERT INTO entity_names (entity_id, kind, key, name)
  SELECT id, kind, canonical, name FROM entities e WHERE NOT EXISTS (SELECT FROM entity_names n WHERE n.entity_id = e.id)`;

/** What was drawn in the last frame: `order` rises with each stroke of the pen, a place is that on the screen. */
interface Box {
  order: number;
  x: number;
  y: number;
  width: number;
  height: number;
}
type Word = Box & { word: string };

const overlap = (one: Box, other: Box): boolean =>
  Math.abs(one.x - other.x) * 2 < one.width + other.width &&
  Math.abs(one.y - other.y) * 2 < one.height + other.height;

function middleOf(rectangle: { x: number; y: number; width: number; height: number } | null): Box {
  const { x, y, width, height } = rectangle ?? { x: 0, y: 0, width: 0, height: 0 };
  // Half a pixel is no overlap.
  return { order: 0, x: x + width / 2, y: y + height / 2, width: width - 1, height: height - 1 };
}

/** Notes what is drawn on the canvases of the page. */
const watchDrawing = `
  const pen = CanvasRenderingContext2D.prototype;
  const { clearRect, arc, fillText } = pen;
  let frame = { order: 0, words: [], circles: [] };
  const place = (context, x, y, width, height) => {
    const { a, d, e, f } = context.getTransform();
    frame.order += 1;
    return { order: frame.order, x: x * a + e, y: y * d + f, width: width * a, height: height * d };
  };
  pen.clearRect = function (...box) {
    if (this.canvas.isConnected) {
      if (frame.words.length > 0) window.drawn = frame;
      frame = { order: 0, words: [], circles: [] };
    }
    return clearRect.apply(this, box);
  };
  pen.arc = function (x, y, radius, ...rest) {
    if (this.canvas.isConnected) frame.circles.push(place(this, x, y, 2 * radius, 2 * radius));
    return arc.call(this, x, y, radius, ...rest);
  };
  pen.fillText = function (word, x, y, ...rest) {
    if (this.canvas.isConnected) {
      const size = parseFloat(this.font);
      frame.words.push({ word, ...place(this, x, y, this.measureText(word).width, size) });
    }
    return fillText.call(this, word, x, y, ...rest);
  };
`;
