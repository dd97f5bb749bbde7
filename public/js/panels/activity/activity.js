import { Tabs } from '../../components/basics.js';
import { SearchField } from '../../components/search-field.js';
import { place, replaceAddress } from '../../shell/location.js';
import { useStore } from '../../state/use-store.js';
import { html } from '../../view.js';
import { Events } from './events.js';
import { Log } from './log.js';
import { MailList } from '../mail/list.js';
import { Notices } from '../notices/list.js';

const tabs = [
  { id: 'events', label: 'Events' },
  { id: 'log', label: 'Log' },
  { id: 'mail', label: 'Mail' },
  { id: 'notices', label: 'Notices' },
];

/** What happened: the flow of events, the log of decisions and facts, and what the owner was told. */
export function ActivityPanel() {
  const { rest, query } = useStore(place, (state) => state);
  const view = tabs.find(({ id }) => id === rest[0])?.id ?? 'events';
  const text = query.text ?? '';
  return html`<section class="panel is-tall" aria-label="Activity">
    <div class="panel-head">
      <h1>Activity</h1>
      <${Tabs}
        label="View"
        tabs=${tabs}
        selected=${view}
        onSelect=${(/** @type {string} */ next) => replaceAddress('activity', [next], { text })}
      />
      ${
        view === 'notices' || view === 'mail'
          ? null
          : html`<div class="end">
              <${SearchField}
                label="Search"
                value=${text}
                onSearch=${(/** @type {string} */ next) => replaceAddress('activity', [view], { ...query, text: next })}
                placeholder=${view === 'log' ? 'Search the log' : 'Search events'}
              />
            </div>`
      }
    </div>
    ${view === 'log' ? html`<${Log} />` : view === 'notices' ? html`<${Notices} />` : view === 'mail' ? html`<${MailList} />` : html`<${Events} />`}
  </section>`;
}
