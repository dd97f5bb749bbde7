import { Loading, Problem, Tabs } from '../../components/basics.js';
import { Plot } from '../../components/plot.js';
import { percent, short } from '../../format/quantity.js';
import { useAskedAgain } from '../../link/use-asked-again.js';
import { useResource } from '../../link/use-resource.js';
import { html, useMemo, useState } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['fleet.series']} Series */

const ranges = /** @type {const} */ ([
  { id: 'hour', label: 'Hour' },
  { id: 'day', label: 'Day' },
  { id: 'week', label: 'Week' },
  { id: 'quarter', label: 'Quarter' },
  { id: 'years', label: 'Two years' },
]);
const askAgainMs = 30_000;
const shownDisks = 4;

/**
 * What a host reported over a time to choose, a plot a figure.
 * @param {{ name: string }} props
 */
export function HostPlots({ name }) {
  const [range, setRange] = useState(/** @type {(typeof ranges)[number]['id']} */ ('day'));
  const { data, error, reload } = useResource('fleet.series', { name, range });
  useAskedAgain(reload, askAgainMs);
  const points = data?.points ?? none;
  const times = useMemo(() => points.map(({ at }) => Date.parse(at) / 1000), [points]);
  const figures = useMemo(() => figuresOf(points), [points]);
  return html`<section aria-labelledby="host-plots">
    <div class="self-watch-head">
      <h2 id="host-plots">Over time</h2>
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
          ? html`<${Loading} rows=${3} what="Asking for the reports" />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : points.length === 0
          ? html`<p class="soft">No report yet in this time.</p>`
          : html`<div class="self-plots">
              ${figures.map(({ key, ...plot }) => html`<${Plot} key=${key} ...${plot} times=${times} height=${132} />`)}
            </div>`
    }
  </section>`;
}

/** @type {Series['points']} */
const none = [];

/** @param {Series['points']} points */
function figuresOf(points) {
  const disks = [...new Set(points.flatMap(({ figures }) => Object.keys(figures)))]
    .filter((key) => key.startsWith('disk:'))
    .sort()
    .slice(0, shownDisks);
  const values = (/** @type {string} */ key) =>
    points.map(({ figures, greatest }) => greatest[key] ?? figures[key] ?? null);
  const has = (/** @type {string} */ key) => points.some(({ figures }) => figures[key] !== undefined);
  return [
    ...(has('load')
      ? [
          {
            key: 'load',
            title: 'Load of a core',
            tone: /** @type {const} */ ('cyan'),
            values: values('load'),
            format: short,
            limit: 1,
            limitLabel: 'busy',
          },
        ]
      : []),
    ...(has('memory')
      ? [
          {
            key: 'memory',
            title: 'Memory',
            tone: /** @type {const} */ ('purple'),
            values: values('memory'),
            format: percent,
            limit: 1,
            limitLabel: 'full',
          },
        ]
      : []),
    ...disks.map((key) => ({
      key,
      title: key.slice('disk:'.length),
      tone: /** @type {const} */ ('yellow'),
      values: values(key),
      format: percent,
      limit: 1,
      limitLabel: 'full',
    })),
    {
      key: 'answered',
      title: 'Polls answered',
      tone: /** @type {const} */ ('green'),
      values: points.map(({ answered }) => answered),
      format: percent,
      steps: true,
    },
  ];
}
