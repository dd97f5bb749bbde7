import { Tabs } from '../../components/basics.js';
import { Plot } from '../../components/plot.js';
import { count, money } from '../../format/quantity.js';
import { useAskedAgain } from '../../link/use-asked-again.js';
import { useResource } from '../../link/use-resource.js';
import { live } from '../../state/live.js';
import { useStore } from '../../state/use-store.js';
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['now.series']} Series */
/** @typedef {Series['range']} Range */

const ranges = /** @type {const} */ ([
  { id: 'quarter', label: '15 min' },
  { id: 'day', label: 'Day' },
  { id: 'week', label: 'Week' },
  { id: 'month', label: 'Month' },
]);
const storageKey = 'ninjad.range';
const askAgainMs = 30_000;
const leastPlotPx = 92;
const mostPlotPx = 200;
/** Heading, captions and the edge below. */
const aroundPlotsPx = 112;

/** Four small plots over a range; all of it stands in the store, so that a restart forgets nothing. */
export function Plots() {
  const [range, setRange] = useState(remembered);
  const { data, reload } = useResource('now.series', { range });
  const ended = useStore(live, (state) => state.now?.lately.lastEnded?.taskId);
  useAskedAgain(reload, askAgainMs);
  useEffect(() => {
    if (ended !== undefined) reload();
  }, [ended]);
  const section = useRef(/** @type {HTMLElement | null} */ (null));
  const height = useRoom(section);
  const times = useMemo(() => (data?.at ?? []).map((at) => at / 1000), [data]);
  const choose = (/** @type {string} */ id) => {
    setRange(/** @type {Range} */ (id));
    try {
      localStorage.setItem(storageKey, id);
    } catch {
      // A browser that keeps nothing begins with the day again.
    }
  };
  return html`<section class="now-plots" ref=${section} aria-label="How it went">
    <div class="now-plots-head">
      <h2>How it went</h2>
      <${Tabs} label="How far back" tabs=${ranges} selected=${range} onSelect=${choose} />
    </div>
    ${figuresOf(data).map(({ title, values, tone, figure, format }) =>
      values.some((value) => value !== null && value > 0)
        ? html`<${Plot}
            key=${title}
            title=${title}
            times=${times}
            values=${values}
            tone=${tone}
            figure=${figure}
            format=${format}
            height=${height}
            bars
            compact
          />`
        : html`<figure key=${title} class="plot is-flat">
            <figcaption><span>${title}</span><b class="mono plot-value soft">${figure}</b></figcaption>
          </figure>`,
    )}
  </section>`;
}

/**
 * The height of the plots: what the rest of the page leaves of the screen, where all four stand in one row.
 * @param {{ current: HTMLElement | null }} section
 */
function useRoom(section) {
  const [height, setHeight] = useState(leastPlotPx);
  useLayoutEffect(() => {
    const element = section.current;
    const main = element?.closest('.main');
    if (element === null || main === null || main === undefined) return undefined;
    const measure = () => {
      const isRow = matchMedia('(min-width: 1200px)').matches;
      const left =
        main.clientHeight - element.offsetTop + /** @type {HTMLElement} */ (main).offsetTop - aroundPlotsPx;
      setHeight(isRow ? Math.round(Math.min(mostPlotPx, Math.max(leastPlotPx, left))) : leastPlotPx);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(main);
    // It is taller or shorter where what stands above the plots is, and settles at once: they are no part of the sum.
    if (element.parentElement !== null) observer.observe(element.parentElement);
    return () => observer.disconnect();
  }, []);
  return height;
}

/** @param {Series | null} series */
function figuresOf(series) {
  const { done = [], failed = [], costUsd = [], waiting = [] } = series ?? {};
  const figure = (/** @type {string} */ text) => (series === null ? '–' : text);
  const most = waiting.reduce((/** @type {number} */ top, value) => Math.max(top, value ?? 0), 0);
  return /** @type {const} */ ([
    { title: 'Tasks done', values: done, tone: 'green', figure: figure(count(sum(done))), format: count },
    { title: 'Failed', values: failed, tone: 'pink', figure: figure(count(sum(failed))), format: count },
    { title: 'Spent', values: costUsd, tone: 'cyan', figure: figure(money(sum(costUsd))), format: money },
    {
      title: 'Waited at once',
      values: waiting,
      tone: 'yellow',
      figure: figure(count(most)),
      format: count,
    },
  ]);
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** @returns {Range} */
function remembered() {
  try {
    return ranges.find(({ id }) => id === localStorage.getItem(storageKey))?.id ?? 'day';
  } catch {
    return 'quarter';
  }
}
