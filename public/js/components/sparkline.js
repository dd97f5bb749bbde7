import { html, useMemo } from '../view.js';
import { sparkPath } from './spark-path.js';

/**
 * A small plot for a row; its words are the caller's, the drawing itself says nothing to a screen reader.
 * @param {{ values: readonly (number | null)[], width?: number, height?: number, tone?: string, max?: number,
 *   limit?: number }} props
 */
export function Sparkline({ values, width = 96, height = 24, tone = 'cyan', max, limit }) {
  const shape = useMemo(
    () =>
      sparkPath(values, {
        width,
        height,
        ...(max !== undefined && { max }),
        ...(limit !== undefined && { limit }),
      }),
    [values, width, height, max, limit],
  );
  return html`<svg
    class=${`spark is-${tone}`}
    width=${width}
    height=${height}
    viewBox=${`0 -2 ${width} ${height + 4}`}
    aria-hidden="true"
  >
    ${shape.limitY === null ? null : html`<path class="limit" d=${`M0 ${shape.limitY}H${width}`} />`}
    <path class="area" d=${shape.area} />
    <path d=${shape.line} />
    ${shape.end === null ? null : html`<circle cx=${shape.end.x} cy=${shape.end.y} r="2" />`}
  </svg>`;
}
