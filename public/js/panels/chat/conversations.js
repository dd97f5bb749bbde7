import { Button, Empty, Loading, Problem } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { connection } from '../../link/connection.js';
import { useNews } from '../../link/use-feed.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { useStore } from '../../state/use-store.js';
import { html, useEffect, useRef } from '../../view.js';

const settleMs = 400;

/**
 * The list of conversations, the latest first; asked for anew a moment after something was said.
 * @returns {import('../../link/use-resource.js').Resource<import('../../../../src/operations.ts').Answers['chat.conversations'][number][]>}
 */
export function useConversations() {
  const resource = useResource('chat.conversations', { limit: 200 });
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useNews('chat.turn', () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(resource.reload, settleMs);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return resource;
}

/** @param {{ resource: ReturnType<typeof useConversations>, selected: string | null, onNew: () => void }} props */
export function Conversations({ resource, selected, onNew }) {
  const connected = useStore(connection, (state) => state.connected);
  const { data, error, reload } = resource;
  return html`<nav class="talks" aria-label="Conversations">
    <${Button} onClick=${onNew}>New conversation<//>
    ${
      data === null
        ? error === null || !connected
          ? html`<${Loading} rows=${5} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : data.length === 0
          ? html`<p class="soft small">Conversations are listed here, the latest first.</p>`
          : html`<ul>
              ${data.map(
                (talk) =>
                  html`<li key=${talk.name}>
                    <a
                      class=${`talk${talk.name === selected ? ' is-here' : ''}${talk.unread > 0 ? ' is-unread' : ''}`}
                      href=${addressOf('chat', [talk.name])}
                      aria-current=${talk.name === selected ? 'page' : undefined}
                    >
                      <span class="talk-title one-line">${talk.title || talk.name}</span>
                      <span class="talk-foot soft small">
                        ${talk.runningTaskId === null ? html`<${Time} at=${talk.lastAt} />` : html`<span class="state is-cyan"><span class="glyph" aria-hidden="true">▸</span>running</span>`}
                        ${talk.unread > 0 ? html`<span class="mark is-cyan">${talk.unread}<span class="unseen"> unread</span></span>` : null}
                      </span>
                    </a>
                  </li>`,
              )}
            </ul>`
    }
  </nav>`;
}

/** What is shown where no conversation is. @param {{ onNew: () => void }} props */
export function NoConversation({ onNew }) {
  return html`<${Empty}
    title="No conversation yet"
    action=${html`<${Button} kind="primary" onClick=${onNew}>Start one<//>`}
  >
    What you write here enters through the pipe like everything else, ahead of all other events. Replies come
    as they are written. From a terminal: <code>ninjad ask "what did the nas say?"</code>
  <//>`;
}
