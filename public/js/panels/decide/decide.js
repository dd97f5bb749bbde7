import { Tabs } from '../../components/basics.js';
import { go, place } from '../../shell/location.js';
import { live } from '../../state/live.js';
import { useStore } from '../../state/use-store.js';
import { html } from '../../view.js';
import { findings } from '../findings/findings.js';
import { wishes } from '../wishes/wishes.js';

/**
 * One concern among the decisions.
 * @typedef {object} Section
 * @property {string} id also the address: `#/decide/wishes`
 * @property {string} label
 * @property {(waiting: import('../panels.js').Waiting) => number} [count] how many wait for the owner
 * @property {(props: { chosen: number | null }) => any} list
 * @property {(props: { id: number }) => any} [page] one of them, beside the list
 */

/** @type {readonly [Section, ...Section[]]} */
const sections = [wishes, findings];

/** What the owner decides: one tab a concern. */
export function DecidePanel() {
  const [view, id] = useStore(place, (state) => state.rest);
  const waiting = useStore(live, (state) => state.now?.waiting);
  const { id: shown, list, page } = sections.find((section) => section.id === view) ?? sections[0];
  const chosen = page !== undefined && Number.isSafeInteger(Number(id)) && Number(id) > 0 ? Number(id) : null;
  return html`<div class=${`split${chosen === null ? '' : ' has-chosen'}`}>
    <section class="panel is-tall split-list" aria-label="Decide">
      <div class="panel-head">
        <h1>Decide</h1>
        <${Tabs}
          label="What to decide"
          tabs=${sections.map(({ id, label, count }) => ({
            id,
            label,
            ...(count !== undefined && { count: waiting === undefined ? 0 : count(waiting) }),
          }))}
          selected=${shown}
          onSelect=${(/** @type {string} */ next) => go('decide', [next])}
        />
      </div>
      <${list} chosen=${chosen} />
    </section>
    ${chosen === null ? null : html`<${page} key=${chosen} id=${chosen} />`}
  </div>`;
}
