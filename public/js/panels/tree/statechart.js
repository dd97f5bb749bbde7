import { Button, Problem } from '../../components/basics.js';
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../../view.js';
import { labelOf, layoutOf } from './chart-layout.js';

/**
 * A machine as boxes and arrows, the current state lit. The arrows that can be taken from it are bright and named; the
 * others keep back.
 * @param {{ machine: import('./chart-layout.js').Machine, current: readonly string[] }} props
 */
export function Statechart({ machine, current }) {
  const [dagre, setDagre] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  useEffect(() => {
    import('/vendor/dagre.js').then((loaded) => setDagre(() => loaded), setError);
  }, []);
  const shape = JSON.stringify(machine);
  const chart = useMemo(() => (dagre === null ? null : layoutOf(machine, dagre)), [dagre, shape]);
  const [isWhole, setIsWhole] = useState(false);
  const [isCut, setIsCut] = useState(false);
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  const place = current.join();
  useLayoutEffect(() => {
    const element = frame.current;
    const box = chart?.boxes.find(({ path }) => path === current[0]);
    if (element === null || box === undefined || chart === null) return;
    setIsCut(chart.width * leastScale > element.clientWidth);
    const scale = element.scrollWidth / chart.width;
    element.scrollLeft = (box.x + box.width / 2) * scale - element.clientWidth / 2;
    element.scrollTop = (box.y + box.height / 2) * scale - element.clientHeight / 2;
  }, [chart, place, isWhole]);
  if (error !== null)
    return html`<${Problem} problem=${{ message: 'What lays out the drawing could not be loaded.' }} />`;
  if (chart === null) return html`<div class="chart"></div>`;
  const lit = new Set(current.flatMap(ancestorsOf));
  return html`<div class="chart-box">
    ${isCut ? html`<${Button} kind="quiet" pressed=${isWhole} onClick=${() => setIsWhole(!isWhole)}>${isWhole ? 'Closer' : 'The whole'}<//>` : null}
    <figure
      class="chart"
      ref=${frame}
      tabindex="0"
      role="group"
      aria-label=${`States of ${machine.id}; now ${current.join(', ')}`}
    >
      <svg
        width=${chart.width}
        height=${chart.height}
        viewBox=${`0 0 ${chart.width} ${chart.height}`}
        style=${{ minWidth: isWhole ? '0' : `${chart.width * leastScale}px` }}
        role="presentation"
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path class="arrow-head" d="M0 0.5L7.5 4L0 7.5Z" />
          </marker>
          <marker
            id="arrow-lit"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path class="arrow-head is-lit" d="M0 0.5L7.5 4L0 7.5Z" />
          </marker>
        </defs>
        ${chart.boxes.map((box) => html`<${StateBox} key=${box.path} box=${box} isLit=${lit.has(box.path)} />`)}
        ${chart.arrows.map((arrow) => html`<${Arrow} key=${`${arrow.from}>${arrow.to}`} arrow=${arrow} isLit=${lit.has(arrow.from) || arrow.from === ''} />`)}
      </svg>
    </figure>
  </div>`;
}

/** A drawing that is too wide shrinks to this share of its size, and scrolls past it. */
const leastScale = 0.75;

/** @param {{ box: import('./chart-layout.js').Box, isLit: boolean }} props */
function StateBox({ box, isLit }) {
  const isAround = box.height > 40;
  return html`<g
    class=${`chart-state${isLit ? ' is-lit' : ''}${isAround ? ' is-around' : ''}${box.type === 'final' ? ' is-final' : ''}`}
  >
    <rect x=${box.x} y=${box.y} width=${box.width} height=${box.height} rx="6" />
    ${box.type === 'final' ? html`<rect x=${box.x + 3} y=${box.y + 3} width=${box.width - 6} height=${box.height - 6} rx="4" />` : null}
    <text
      x=${isAround ? box.x + 10 : box.x + box.width / 2}
      y=${isAround ? box.y + 16 : box.y + box.height / 2 + 4}
      text-anchor=${isAround ? 'start' : 'middle'}
      >${box.isInitial ? '• ' : ''}${box.name}</text
    >
  </g>`;
}

/** @param {{ arrow: import('./chart-layout.js').Arrow, isLit: boolean }} props */
function Arrow({ arrow: { points, label, events }, isLit }) {
  return html`<g class=${`chart-arrow${isLit ? ' is-lit' : ''}`}>
    <path d=${curveOf(points)} marker-end=${isLit ? 'url(#arrow-lit)' : 'url(#arrow)'} />
    <title>${events.join('\n')}</title>
    ${isLit ? html`<text x=${label.x} y=${label.y + 4} text-anchor="middle">${labelOf(events)}</text>` : null}
  </g>`;
}

/** @param {readonly { x: number, y: number }[]} points */
function curveOf(points) {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const corners = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? point;
    const isLast = index === rest.length - 2;
    const end = isLast ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${point.x} ${point.y} ${end.x} ${end.y}`;
  });
  const last = rest.at(-1) ?? first;
  return `M${first.x} ${first.y}${corners.length === 0 ? `L${last.x} ${last.y}` : corners.join('')}`;
}

/** @param {string} path @returns {string[]} */
function ancestorsOf(path) {
  const parts = path.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}
