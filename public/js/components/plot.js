import { html, useEffect, useRef, useState } from '../view.js';
import { short } from '../format/quantity.js';
import { theme } from '../shell/theme.js';
import { useStore } from '../state/use-store.js';
import { tokenOf } from './token.js';

/** The plot library, loaded when a plot is shown and the browser has nothing to do that is waited for more. */
const library = async () => {
  await new Promise((resolve) => idle(() => resolve(undefined)));
  return import('/vendor/uplot.js');
};
const idle = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ then) => setTimeout(then, 50));

/**
 * @typedef {object} PlotProps
 * @property {string} title
 * @property {readonly number[]} times epoch seconds
 * @property {readonly (number | null)[]} values null is a gap
 * @property {import('../format/state.js').Tone} tone
 * @property {number} [limit] drawn as a dashed line
 * @property {string} [limitLabel]
 * @property {number} [height] pixels
 * @property {(value: number) => string} [format]
 * @property {boolean} [bars] each value is that of a span that begins at its time
 * @property {boolean} [whole] the axis is labelled with whole numbers only
 * @property {string} [figure] stands for the whole of it, in place of the last value
 * @property {boolean} [compact] without an axis of values and without the value at the line's end
 */

/**
 * A plot over time: zero-based, the last value at the line's end, the limit dashed, a crosshair that tells the value.
 * @param {PlotProps} props
 */
export function Plot({
  title,
  times,
  values,
  tone,
  limit,
  limitLabel = 'limit',
  height = 120,
  format = short,
  bars = false,
  whole = false,
  figure,
  compact = false,
}) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const plot = useRef(/** @type {any} */ (null));
  const latest = useRef({ times, values });
  latest.current = { times, values };
  const isLight = useStore(theme, (state) => state.isLight);
  const [pointed, setPointed] = useState(/** @type {number | null} */ (null));
  const last = values.findLast((value) => value !== null) ?? null;

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    let gone = false;
    /** @type {ResizeObserver | undefined} */
    let observer;
    void library().then(({ default: UPlot }) => {
      if (gone) return;
      const size = () => ({ width: Math.max(120, element.clientWidth), height });
      plot.current = new UPlot(
        optionsOf(
          { ...size(), tone, limit, limitLabel, format, bars, whole, compact, onPoint: setPointed },
          UPlot,
        ),
        // What came while the library was loading is in it.
        [[...latest.current.times], [...latest.current.values]],
        element,
      );
      observer = new ResizeObserver(() => plot.current?.setSize(size()));
      observer.observe(element);
    });
    return () => {
      gone = true;
      observer?.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [tone, limit, height, isLight]);

  useEffect(() => {
    plot.current?.setData([times, values]);
  }, [times, values]);

  const index = pointed === null || pointed >= times.length ? null : pointed;
  const shown = index === null ? last : (values[index] ?? null);
  const when = index === null ? '' : clockTime(times[index] ?? 0);
  /** The last value stands at the line's end already, where there is room for it. */
  function headOf() {
    if (index === null && figure !== undefined) return figure;
    if (index === null && !compact && !bars && last !== null) return '';
    return shown === null ? '–' : format(shown);
  }
  return html`<figure class="plot">
    <figcaption>
      <span>${title}</span>
      <span class="plot-when soft small">${when}</span>
      <b class=${`mono is-${tone} plot-value`}>${headOf()}</b>
    </figcaption>
    <div
      class="plot-box"
      ref=${box}
      style=${{ height: `${height}px` }}
      role="img"
      aria-label=${figure === undefined ? `${title}: now ${last === null ? 'unknown' : format(last)}` : `${title}: ${figure} in all`}
    ></div>
  </figure>`;
}

/**
 * @param {any} wanted @param {any} UPlot
 * @returns {any}
 */
function optionsOf({ width, height, tone, limit, limitLabel, format, bars, whole, compact, onPoint }, UPlot) {
  const colour = tokenOf(tone);
  const soft = tokenOf('soft');
  const line = tokenOf('line');
  const font = `12px ${tokenOf('mono')}`;
  const axis = { stroke: soft, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width,
    height,
    padding: compact ? [8, 8, 0, 8] : [8, (/** @type {any} */ u) => valueRoom(u, format), 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !bars, size: 6, fill: colour } },
    scales: {
      x: { time: true, ...(bars && { range: withLastSpan }) },
      y: {
        range: (/** @type {any} */ _u, /** @type {number} */ _min, /** @type {number | null} */ max) =>
          /** @type {[number, number]} */ ([0, Math.max(max ?? 0, limit ?? 0, compact ? 0 : 1) * 1.15 || 1]),
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        border: { show: bars, stroke: line, width: 1 },
        size: 24,
        space: 72,
        values: (/** @type {any} */ _u, /** @type {number[]} */ ticks) => ticks.map(timesOver(ticks)),
      },
      {
        ...axis,
        show: !compact,
        size: (/** @type {any} */ _u, /** @type {string[] | null} */ labels) => labelRoom(labels ?? []),
        space: 32,
        ...(whole && { incrs: wholeSteps }),
        values: (/** @type {any} */ _u, /** @type {number[]} */ ticks) => ticks.map((tick) => format(tick)),
      },
    ],
    series: [
      {},
      {
        stroke: colour,
        width: bars ? 0 : 1.5,
        fill: bars ? colour : `${colour}22`,
        points: { show: false },
        spanGaps: false,
        ...(bars && { paths: UPlot.paths.bars({ size: [0.72, 14], align: 1, radius: 0.1 }) }),
      },
    ],
    hooks: {
      setCursor: [(/** @type {any} */ u) => onPoint(u.cursor.idx ?? null)],
      draw: [
        (/** @type {any} */ u) => {
          if (limit !== undefined) drawLimit(u, limit, limitLabel, soft, font);
          if (!bars) drawLast(u, colour, compact ? () => '' : format, font);
        },
      ],
    },
  };
}

/** A span reaches beyond its time: the last one has its room too. @param {any} u @param {number} min @param {number} max */
function withLastSpan({ data: [times = []] }, min, max) {
  return [min, max + (times.length > 1 ? times[1] - times[0] : 0)];
}

const mebibyte = 2 ** 20;
const roundOnes = [1, 2, 5].flatMap((first) => [0, 1, 2, 3, 4, 5].map((power) => first * 10 ** power));
roundOnes.sort((one, other) => one - other);
/** What is counted in the millions here is bytes. */
const wholeSteps = [...roundOnes, ...roundOnes.map((step) => step * mebibyte)];
const labelCharPx = 7.3;

/** Pixels beside the plot, the same for all plots whose labels are short, so that they stand in line. @param {string[]} labels */
function labelRoom(labels) {
  return Math.max(36, ...labels.map((label) => label.length * labelCharPx + 12));
}

/** Pixels for the value at the line's end. @param {any} u @param {(value: number) => string} format */
function valueRoom(u, format) {
  const last = lastOf(u.data?.[1] ?? []);
  return Math.max(52, last === undefined ? 0 : format(last.value).length * labelCharPx + 12);
}

/** The last value there is, and its place. @param {readonly (number | null)[]} values */
function lastOf(values) {
  const index = values.findLastIndex((value) => value !== null);
  const value = values[index];
  return value == null ? undefined : { index, value };
}

/** @param {any} u @param {number} limit @param {string} label @param {string} colour @param {string} font */
function drawLimit(u, limit, label, colour, font) {
  const { ctx, bbox } = u;
  const y = Math.round(u.valToPos(limit, 'y', true));
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.font = scaled(font);
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.textBaseline = 'bottom';
  ctx.textAlign = 'left';
  ctx.fillText(label, bbox.left + 4 * devicePixelRatio, y - 2 * devicePixelRatio);
  ctx.restore();
}

/** @param {any} u @param {string} colour @param {(value: number) => string} format @param {string} font */
function drawLast(u, colour, format, font) {
  const last = lastOf(u.data[1]);
  if (last === undefined) return;
  const { ctx } = u;
  const x = u.valToPos(u.data[0][last.index], 'x', true);
  const y = u.valToPos(last.value, 'y', true);
  ctx.save();
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.arc(x, y, 2.5 * devicePixelRatio, 0, 7);
  ctx.fill();
  ctx.font = scaled(font);
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ctx.fillText(format(last.value), x + 6 * devicePixelRatio, y);
  ctx.restore();
}

/** @param {string} font */
function scaled(font) {
  return font.replace(/^12px/, `${12 * devicePixelRatio}px`);
}

const dayS = 86_400;
const minuteS = 60;

/** Labels of ticks: clock times, with seconds where these differ, and dates where they are days apart. @param {readonly number[]} ticks */
function timesOver(ticks) {
  const step = ticks.length > 1 ? (ticks[1] ?? 0) - (ticks[0] ?? 0) : 0;
  if (step >= dayS) return shortDate;
  return step > 0 && step < minuteS ? preciseTime : shortTime;
}

const toDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** @param {number} seconds */
function shortDate(seconds) {
  return toDay.format(seconds * 1000);
}

const toMinute = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' });

/** @param {number} seconds */
function shortTime(seconds) {
  return toMinute.format(seconds * 1000);
}

const toSecond = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** @param {number} seconds */
function preciseTime(seconds) {
  return toSecond.format(seconds * 1000);
}

const time = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** @param {number} seconds */
function clockTime(seconds) {
  return time.format(seconds * 1000);
}
