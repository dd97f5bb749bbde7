import { State } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { html } from '../../view.js';

const places = {
  dashboard: 'you, on the dashboard',
  cli: 'you, on the command line',
  discord: 'you, in Discord',
  api: 'you, by the API',
};

/** Who moved a wish when, and why. @param {{ trail: import('./wish.js').WishPageData['trail'] }} props */
export function Trail({ trail }) {
  if (trail.length === 0) return null;
  return html`<section class="section">
    <div class="section-head"><h2>How it came here</h2></div>
    <ol class="wish-trail">
      ${trail.map(
        ({ at, by, to, version, reason }, index) =>
          html`<li key=${index}>
            <${State} state=${to} />
            <span class="soft small"
              ><${Time} at=${at} /> by
              ${Object.hasOwn(places, by) ? places[/** @type {keyof typeof places} */ (by)] : by}${version == null ? '' : `, version ${version}`}</span
            >
            ${reason == null ? null : html`<span class="wish-why">${reason}</span>`}
          </li>`,
      )}
    </ol>
  </section>`;
}
