import { Tabs } from '../../components/basics.js';
import { Plot } from '../../components/plot.js';
import { count, money } from '../../format/quantity.js';
import { useAskedAgain } from '../../link/use-asked-again.js';
import { useResource } from '../../link/use-resource.js';
import { live } from '../../state/live.js';
import { useStore } from '../../state/use-store.js';
import { html, useEffect, useMemo, useState } from '../../view.js';

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
const plotHeight = 92;

/** Four small plots over a range; all of it stands in the store, so that a restart forgets nothing. */
export function Plots() {
  const [range, setRange] = useState(remembered);
  const { data, reload } = useResource('now.series', { range });
  const ended = useStore(live, (state) => state.now?.lately.lastEnded?.taskId);
  useAskedAgain(reload, askAgainMs);
  useEffect(() => {
    if (ended !== undefined) reload();
  }, [ended]);
  const times = useMemo(() => (data?.at ?? []).map((at) => at / 1000), [data]);
  const choose = (/** @type {string} */ id) => {
    setRange(/** @type {Range} */ (id));
    try {
      localStorage.setItem(storageKey, id);
    } catch {
      // A browser that keeps nothing begins with the quarter of an hour again.
    }
  };
  return html`<section class="now-plots" aria-label="How it went">
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
            height=${plotHeight}
            steps
            compact
          />`
        : html`<figure key=${title} class="plot is-flat">
            <figcaption><span>${title}</span><b class="mono plot-value soft">${figure}</b></figcaption>
          </figure>`,
    )}
  </section>`;
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
    return ranges.find(({ id }) => id === localStorage.getItem(storageKey))?.id ?? 'quarter';
  } catch {
    return 'quarter';
  }
}
