import { Tabs } from '../../components/basics.js';
import { useNews, useTopic } from '../../link/use-feed.js';
import { go, place } from '../../shell/location.js';
import { live } from '../../state/live.js';
import { useStore } from '../../state/use-store.js';
import { html, useState } from '../../view.js';
import { Findings } from './findings.js';
import { Goals } from './goals.js';
import { WishPage } from './wish.js';
import { Wishes } from './wishes.js';

const views = { wishes: Wishes, findings: Findings, goals: Goals };

/** What the owner decides: wishes, findings, goals. */
export function DecidePanel() {
  const [view = 'wishes', id] = useStore(place, (state) => state.rest);
  const waiting = useStore(live, (state) => state.now?.waiting);
  const [version, setVersion] = useState(0);
  useTopic('decide');
  useNews('decide', () => setVersion((before) => before + 1));
  const shown = view === 'findings' || view === 'goals' ? view : 'wishes';
  const chosen = shown === 'wishes' && Number.isSafeInteger(Number(id)) && Number(id) > 0 ? Number(id) : null;
  return html`<div class=${`split${chosen === null ? '' : ' has-chosen'}`}>
    <section class="panel is-tall split-list" aria-label="Decide">
      <div class="panel-head">
        <h1>Decide</h1>
        <${Tabs}
          label="What to decide"
          tabs=${[
            { id: 'wishes', label: 'Wishes', count: waiting?.wishes ?? 0 },
            { id: 'findings', label: 'Findings', count: waiting?.findings ?? 0 },
            { id: 'goals', label: 'Goals' },
          ]}
          selected=${shown}
          onSelect=${(/** @type {string} */ next) => go('decide', [next])}
        />
      </div>
      <${views[shown]} version=${version} chosen=${chosen} />
    </section>
    ${chosen === null ? null : html`<${WishPage} key=${chosen} id=${chosen} version=${version} />`}
  </div>`;
}
