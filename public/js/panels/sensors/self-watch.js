import { Loading, Problem, Tabs } from '../../components/basics.js';
import { Plot } from '../../components/plot.js';
import { duration } from '../../format/duration.js';
import { short } from '../../format/quantity.js';
import { useAskedAgain } from '../../link/use-asked-again.js';
import { useResource } from '../../link/use-resource.js';
import { html, useMemo, useState } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['self.series']['points'][number]} Point */

const ranges = /** @type {const} */ ([
  { id: 'hour', label: 'Hour' },
  { id: 'day', label: 'Day' },
  { id: 'week', label: 'Week' },
  { id: 'year', label: 'Year' },
]);

const askAgainMs = 30_000;
const loopLimitMs = 20;

/** @param {number} bytes */
const megabytes = (bytes) => `${Math.round(bytes / 1024 / 1024)} MiB`;

const plots = /** @type {const} */ ([
  {
    figure: 'loopP99Ms',
    title: 'Late by, 99 of 100 turns',
    tone: 'text',
    format: duration,
    limit: loopLimitMs,
    limitLabel: `${loopLimitMs} ms`,
  },
  { figure: 'rssBytes', title: 'Resident memory', tone: 'cyan', format: megabytes },
  { figure: 'heapBytes', title: 'Heap', tone: 'cyan', format: megabytes },
  { figure: 'mailboxOldestMs', title: 'Oldest event that waits', tone: 'yellow', format: duration },
  { figure: 'poolWaitMaxMs', title: 'Longest wait for the store', tone: 'purple', format: duration },
  { figure: 'statementMaxMs', title: 'Slowest statement', tone: 'purple', format: duration },
  { figure: 'recallMeanMs', title: 'Recall', tone: 'green', format: duration },
  { figure: 'taskWaitMeanMs', title: 'Tasks wait for', tone: 'orange', format: duration },
  { figure: 'restarts', title: 'Restarts of parts', tone: 'pink', format: short },
]);
const figures = plots.map(({ figure }) => figure);

/** What the daemon measures of itself, as plots over an hour up to a year. */
export function SelfWatch() {
  const [range, setRange] = useState(/** @type {(typeof ranges)[number]['id']} */ ('hour'));
  const { data, error, reload } = useResource('self.series', { range, figures });
  useAskedAgain(reload, askAgainMs);
  const points = data?.points ?? none;
  const times = useMemo(() => points.map(({ at }) => Date.parse(at) / 1000), [points]);
  return html`<section class="self-watch" aria-labelledby="self-watch-title">
    <div class="self-watch-head">
      <h2 id="self-watch-title">What ninjad measures of itself</h2>
      <${Tabs}
        tabs=${ranges}
        selected=${range}
        onSelect=${(/** @type {string} */ id) => setRange(/** @type {any} */ (id))}
        label="How far back"
      />
    </div>
    ${
      data === null
        ? error === null
          ? html`<${Loading} rows=${3} what="Asking for the samples" />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : html`<div class="self-plots">
            ${plots.map((plot) => html`<${Figure} key=${plot.figure} plot=${plot} times=${times} points=${points} />`)}
          </div>`
    }
  </section>`;
}

/** @type {readonly Point[]} */
const none = [];

/** @param {{ plot: (typeof plots)[number], times: readonly number[], points: readonly Point[] }} props */
function Figure({ plot, times, points }) {
  const { figure, ...look } = plot;
  const values = useMemo(() => points.map((point) => point.greatest[figure] ?? null), [points, figure]);
  return html`<${Plot} ...${look} times=${times} values=${values} height=${132} whole />`;
}
