import { signOf } from '../../format/state.js';
import { clock } from '../../state/clock.js';
import { useStore } from '../../state/use-store.js';
import { html } from '../../view.js';

/** @typedef {import('./marks.js').Mark} Mark @typedef {{ from: string, until: string }} Day */

const percent = (/** @type {number} */ part) => `${(part * 100).toFixed(2)}%`;
const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/**
 * A day as a line with a mark for each fire; its words are for those who do not see it.
 * @param {{ marks: readonly Mark[], day: Day, says: string }} props
 */
export function Timeline({ marks, day, says }) {
  const now = useStore(clock, ({ now }) => partOf(day, Math.floor(now / 60_000) * 60_000));
  return html`<svg class="timeline" width="100%" height="28" role="img" aria-label=${says}>
    <line class="timeline-axis" x1="0" x2="100%" y1="14" y2="14" />
    ${[0.25, 0.5, 0.75].map((part) => html`<line key=${part} class="timeline-hour" x1=${percent(part)} x2=${percent(part)} y1="8" y2="20" />`)}
    ${now === null ? null : html`<line class="timeline-now" x1=${percent(now)} x2=${percent(now)} y1="2" y2="26" />`}
    ${marks.map((mark) => html`<${Point} key=${`${mark.state} ${mark.from}`} mark=${mark} />`)}
  </svg>`;
}

/** Each state has a form of its own beside its colour. @param {{ mark: Mark }} props */
function Point({ mark: { state, from, to, fires, at } }) {
  const tone = toneOf(state);
  const title = html`<title>${hour.format(at)} ${fires > 1 ? `${fires} ` : ''}${wordOf(state)}</title>`;
  switch (state) {
    case 'planned':
      return html`<line class="timeline-planned" x1=${percent(from)} x2=${percent(from)} y1="9" y2="19"
        >${title}</line
      >`;
    case 'done':
    case 'running':
      return html`<line
        class=${`timeline-bar is-${tone}`}
        x1=${percent(from)}
        x2=${percent(to)}
        y1="14"
        y2="14.01"
        >${title}</line
      >`;
    case 'failed':
      return html`<text class=${`timeline-glyph is-${tone}`} x=${percent(from)} y="19">✕${title}</text>`;
    case 'missed':
      return html`<g class=${`is-${tone}`}>
        ${to > from ? html`<line class="timeline-gap" x1=${percent(from)} x2=${percent(to)} y1="14" y2="14.01" />` : null}
        <circle class="timeline-ring" cx=${percent(from)} cy="14" r="4">${title}</circle>
      </g>`;
    default:
      return html`<line
        class=${`timeline-small is-${tone}`}
        x1=${percent(from)}
        x2=${percent(from)}
        y1="14"
        y2="14.01"
        >${title}</line
      >`;
  }
}

/** What the forms mean. */
export function TimelineKey() {
  return html`<p class="timeline-key soft small">
    ${['done', 'running', 'failed', 'missed', 'skipped', 'planned'].map(
      (state) =>
        html`<span key=${state}
          ><svg width="20" height="20" viewBox="0 4 20 20" aria-hidden="true">
            <${Point} mark=${{ state, from: 0.5, to: 0.5, fires: 1, at: 0 }} /></svg
          >${wordOf(state)}</span
        >`,
    )}
  </p>`;
}

/** The hours above the rows. @param {{ day: Day }} props */
export function Hours({ day }) {
  const from = new Date(day.from).getTime();
  const length = new Date(day.until).getTime() - from;
  return html`<div class="day-job day-hours soft small" aria-hidden="true">
    <span></span
    ><span class="day-scale"
      >${[0, 0.25, 0.5, 0.75, 1].map((part) => html`<span key=${part}>${hour.format(from + part * length)}</span>`)}</span
    >
  </div>`;
}

/** @param {Day} day @param {number} at */
function partOf(day, at) {
  const from = new Date(day.from).getTime();
  const part = (at - from) / (new Date(day.until).getTime() - from);
  return part < 0 || part > 1 ? null : part;
}

/** @param {string} state */
function toneOf(state) {
  return state === 'planned' ? 'soft' : signOf(state).tone;
}

/** @param {string} state */
function wordOf(state) {
  return state === 'planned' ? 'to come' : signOf(state).word;
}
