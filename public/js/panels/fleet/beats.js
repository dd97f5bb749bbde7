import { signOf } from '../../format/state.js';
import { html } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['fleet.list'][number]['reports']} Reports */

const shownBeats = 40;
const time = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/**
 * The last polls of a host as a row of marks, the newest at the right: how each was answered.
 * @param {{ reports: Reports, name: string }} props
 */
export function Beats({ reports, name }) {
  const shown = reports.slice(-shownBeats);
  const well = shown.filter(({ state }) => state === 'up').length;
  return html`<div
    class="beats"
    role="img"
    aria-label=${`${name}: ${well} of the last ${shown.length} polls found it well`}
  >
    ${Array.from({ length: shownBeats - shown.length }, (_, at) => html`<i key=${`none-${at}`} class="beat is-none"></i>`)}
    ${shown.map(
      ({ at, state, reason }) =>
        html`<i
          key=${at}
          class=${`beat is-${signOf(state).tone}`}
          title=${`${time.format(new Date(at))}: ${signOf(state).word}${reason === null ? '' : `, ${reason}`}`}
        ></i>`,
    )}
  </div>`;
}
