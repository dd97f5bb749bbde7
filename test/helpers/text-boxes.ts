import type { Page } from 'playwright-core';

/**
 * Where a page cannot be read, as lines: what runs over the edge, a text whose box is narrower than its longest word and 40 px,
 * one that is cut without a mark of it, and one that lies outside of what can be scrolled to.
 */
export function textTroubles(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(look);
}

/** Source that runs in the page: tests know no DOM. */
const look = `(() => {
  const told = [];
  const nameOf = (element) =>
    element.tagName.toLowerCase() + [...element.classList].map((name) => '.' + name).join('') + ' “' +
    (element.textContent || '').replace(/\\s+/g, ' ').trim().slice(0, 40) + '”';
  for (const box of [document.documentElement, document.querySelector('main')])
    if (box && box.scrollWidth > box.clientWidth + 1) told.push('too wide: ' + nameOf(box));
  const range = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const done = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.data.trim();
    if (!element || text === '' || done.has(element) || element.closest('.unseen, svg, script, style, noscript, .skip, canvas')) continue;
    if (!element.checkVisibility({ checkVisibilityCSS: true, contentVisibilityAuto: true })) continue;
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
    if (rects.length === 0) continue;
    done.add(element);
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const longest = Math.max(...text.split(/\\s+/).map((word) => word.length));
    const lines = new Set(rects.map(({ top }) => Math.round(top))).size;
    const widest = Math.max(...rects.map(({ width }) => width));
    if (lines > 2 && widest < 40 && longest > 3) told.push('squeezed: ' + nameOf(element));
    if (lines > 1 && text.length <= 8 && !/\\s/.test(text)) told.push('broken: ' + nameOf(element));
    const isCut = element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1 && ['hidden', 'clip'].includes(style.overflowX);
    if (isCut && style.textOverflow !== 'ellipsis' && !style.webkitLineClamp.match(/\\d/)) told.push('cut: ' + nameOf(element));
    if (isCut && element.clientWidth < 32 && text.length > 6) told.push('squeezed to its dots: ' + nameOf(element));
    const parent = element.parentElement;
    if (style.whiteSpace === 'nowrap' && style.overflowX === 'visible' && parent) {
      const around = parent.getBoundingClientRect();
      const scrolls = element.closest('pre, .table-box, .markdown table, .tabs, .scrolls-x');
      const clipped = ['hidden', 'clip'].includes(getComputedStyle(parent).overflowX);
      if (!scrolls && clipped && box.right > around.right + 2 && getComputedStyle(parent).textOverflow !== 'ellipsis') told.push('runs out: ' + nameOf(element));
    }
    const right = Math.max(...rects.map((rect) => rect.right));
    if (right > innerWidth + 1 && !element.closest('pre, .table-box, .markdown table, .tabs, .scrolls-x, .one-line, .code, .tag, .diff, .virtual')) told.push('past the edge: ' + nameOf(element));
  }
  return [...new Set(told)];
})()`;
