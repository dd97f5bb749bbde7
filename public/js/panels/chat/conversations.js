import { Button, Loading, Problem } from '../../components/basics.js';
import { SearchField } from '../../components/search-field.js';
import { Time } from '../../components/time.js';
import { dayOf } from '../../format/day.js';
import { connection } from '../../link/connection.js';
import { useNews } from '../../link/use-feed.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { clock } from '../../state/clock.js';
import { useStore } from '../../state/use-store.js';
import { html, useEffect, useRef } from '../../view.js';
import { Face } from './face.js';

/** @typedef {import('./chat.js').Talk} Talk */

const settleMs = 400;
/** Names that nobody gave. */
const made = /^(?:talk|ask|page)-[a-z0-9-]+$|^\d+$|^discord:/;

/**
 * The list of conversations, the latest first; asked for anew a moment after something was said.
 * @param {string} text those alone in which it was said
 * @returns {import('../../link/use-resource.js').Resource<Talk[]>}
 */
export function useConversations(text) {
  const resource = useResource('chat.conversations', { limit: 200, ...(text !== '' && { text }) });
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useNews('chat.turn', () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(resource.reload, settleMs);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return resource;
}

/**
 * @param {{ resource: ReturnType<typeof useConversations>, selected: string | null, onNew: () => void,
 *   search: { text: string, onSearch: (text: string) => void } }} props
 */
export function Conversations({ resource, selected, onNew, search }) {
  const connected = useStore(connection, (state) => state.connected);
  const now = useStore(clock, (state) => Math.floor(state.now / 60_000) * 60_000);
  const { data, error, reload } = resource;
  const headings = headingsOf(data ?? [], now);
  return html`<nav class="talks" aria-label="Conversations">
    <${Button} onClick=${onNew}>New conversation<//>
    <${SearchField} label="Search conversations" value=${search.text} onSearch=${search.onSearch} />
    ${
      data === null
        ? error === null || !connected
          ? html`<${Loading} rows=${5} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : data.length === 0
          ? html`<p class="soft small">
              ${search.text === '' ? 'Conversations are listed here, the latest first, also those from a terminal and over Discord.' : 'It was said in none.'}
            </p>`
          : html`<ul>
              ${data.map(
                (talk, index) =>
                  html`<li key=${talk.name}>
                    ${headings[index] === null ? null : html`<h3 class="talk-day">${headings[index]}</h3>`}
                    <${Row} talk=${talk} isHere=${talk.name === selected} />
                  </li>`,
              )}
            </ul>`
    }
  </nav>`;
}

/** @param {{ talk: Talk, isHere: boolean }} props */
function Row({ talk, isHere }) {
  return html`<a
    class=${`talk${isHere ? ' is-here' : ''}${talk.unread > 0 ? ' is-unread' : ''}`}
    href=${addressOf('chat', [talk.name])}
    aria-current=${isHere ? 'page' : undefined}
  >
    <span class="talk-title one-line">${talk.title || talk.name}</span>
    <span class="talk-foot soft small">
      ${talk.runningTaskId === null ? html`<${Time} at=${talk.lastAt} />` : html`<span class="state is-cyan"><span class="live-dot" aria-hidden="true"></span>running</span>`}
      ${made.test(talk.name) ? null : html`<span class="talk-name mono one-line">${talk.name}</span>`}
      <${Face} source=${talk.source} />
      ${talk.unread > 0 ? html`<span class="mark is-cyan">${talk.unread}<span class="unseen"> unread</span></span>` : null}
    </span>
  </a>`;
}

/**
 * What stands over each row: the day over the first of a day, and what is pinned over that.
 * @param {readonly Talk[]} talks @param {number} now
 */
function headingsOf(talks, now) {
  const days = talks.map((talk) => (talk.pinned ? 'Pinned' : dayOf(talk.lastAt, now)));
  return days.map((day, index) => (day === days[index - 1] ? null : day));
}
