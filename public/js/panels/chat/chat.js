import { Button, Loading, Problem } from '../../components/basics.js';
import { connection, request } from '../../link/connection.js';
import { go, place } from '../../shell/location.js';
import { addressOf } from '../../shell/routes.js';
import { useStore } from '../../state/use-store.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../view.js';
import { Composer } from './composer.js';
import { Conversations, NoConversation, useConversations } from './conversations.js';
import { outbox } from './outbox.js';
import { isOver, lastEnd } from './thread.js';
import { Pending, Turn } from './turn.js';
import { useThread } from './use-thread.js';

/** Conversations at the left, the chosen one beside them; at phone width one after the other. */
export function ChatPanel() {
  const [named] = useStore(place, (state) => state.rest);
  const talks = useConversations();
  const isWide = matchMedia('(min-width: 900px)').matches;
  const selected = named ?? (isWide ? (talks.data?.[0]?.name ?? null) : null);
  const startNew = () => go('chat', [`talk-${Date.now().toString(36)}`]);
  const talk = talks.data?.find(({ name }) => name === selected);
  return html`<div class=${`chat${named === undefined ? '' : ' has-chosen'}`}>
    <h1 class="unseen">Chat</h1>
    <${Conversations} resource=${talks} selected=${selected} onNew=${startNew} />
    ${
      selected === null
        ? html`<div class="thread-none">
            ${talks.data?.length === 0 ? html`<${NoConversation} onNew=${startNew} />` : null}
          </div>`
        : html`<${Thread}
            key=${selected}
            conversation=${selected}
            isChosen=${named !== undefined}
            title=${talk?.title || selected}
            unread=${talk?.unread ?? 0}
            onRead=${talks.reload}
          />`
    }
  </div>`;
}

const nearEndPx = 80;

/** @param {{ conversation: string, isChosen: boolean, title: string, unread: number, onRead: () => void }} props */
function Thread({ conversation, isChosen, title, unread, onRead }) {
  const { turns, next, loaded, error, loadOlder, reload } = useThread(conversation);
  const connected = useStore(connection, (state) => state.connected);
  const sent = useStore(outbox, (state) => state.sent);
  const pending = sent.filter((message) => message.conversation === conversation);
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const sticks = useRef(true);
  const oldest = useRef(/** @type {number | undefined} */ (undefined));
  const height = useRef(0);
  const [below, setBelow] = useState(/** @type {'nothing' | 'read' | 'new'} */ ('nothing'));

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const grew = element.scrollHeight > height.current;
    if (sticks.current) element.scrollTop = element.scrollHeight;
    // Older turns came in above: what was read stays where it was.
    else if (element.scrollTop < nearEndPx && oldest.current !== turns[0]?.eventId)
      element.scrollTop += element.scrollHeight - height.current;
    else if (grew) setBelow('new');
    height.current = element.scrollHeight;
    oldest.current = turns[0]?.eventId;
  }, [turns, pending.length]);
  // The banner of an outage, a growing field or Markdown that comes late take what was in sight out of it.
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const stick = new ResizeObserver(() => {
      if (sticks.current) element.scrollTop = element.scrollHeight;
    });
    stick.observe(element);
    for (const child of element.children) stick.observe(child);
    return () => stick.disconnect();
  }, [loaded, turns.length === 0]);
  useReadMark(conversation, turns, unread, onRead);

  const onScroll = () => {
    const element = box.current;
    if (element === null) return;
    sticks.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearEndPx;
    setBelow((before) => (sticks.current ? 'nothing' : before === 'nothing' ? 'read' : before));
  };
  const toEnd = () => {
    sticks.current = true;
    setBelow('nothing');
    box.current?.scrollTo(0, box.current.scrollHeight);
  };
  const running = turns.findLast((turn) => !isOver(turn) && turn.state === 'running');
  const last = turns.at(-1);

  return html`<section class="thread" aria-label=${title}>
    <div class="thread-head">
      <a class="button button-quiet thread-back" href=${addressOf('chat')}>Back</a>
      <h2 class="one-line">${title}</h2>
    </div>
    <div class="thread-box" ref=${box} onScroll=${onScroll} tabindex="0" role="region" aria-label="Messages">
      ${next === null ? null : html`<div class="thread-more"><${Button} kind="quiet" onClick=${loadOlder}>Show earlier messages<//></div>`}
      ${
        loaded || pending.length > 0
          ? turns.length + pending.length === 0
            ? html`<p class="thread-hint soft">
                Nothing was said here yet. Your first message gives the conversation its name; the agent keeps
                its session as long as you go on in it.
              </p>`
            : html`<ol class="turns">
                ${turns.map((turn) => html`<${Turn} key=${turn.eventId} turn=${turn} />`)}${pending.map((message) => html`<${Pending} key=${message.dedupKey} message=${message} connected=${connected} />`)}
              </ol>`
          : error === null || !connected
            ? html`<${Loading} />`
            : html`<${Problem} problem=${error} retry=${reload} />`
      }
    </div>
    ${
      below === 'nothing'
        ? null
        : html`<div class="thread-end">
            <button type="button" class=${`button${below === 'new' ? ' is-new' : ''}`} onClick=${toEnd}>
              ${below === 'new' ? '↓ New' : '↓ To the latest'}
            </button>
          </div>`
    }
    <p class="unseen" role="status">
      ${last !== undefined && isOver(last) ? `Reply ${last.state}` : (last?.progress ?? '')}
    </p>
    <${Composer}
      conversation=${conversation}
      isRunning=${running !== undefined}
      takesFocus=${isChosen}
      onSent=${toEnd}
    />
  </section>`;
}

/**
 * What was shown to somebody is read.
 * @param {string} conversation @param {readonly import('./thread.js').ChatTurn[]} turns @param {number} unread
 * @param {() => void} onRead
 */
function useReadMark(conversation, turns, unread, onRead) {
  const until = lastEnd(turns);
  useEffect(() => {
    if (unread === 0 || until === null) return undefined;
    const mark = () => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', mark);
      request('chat.read', { conversation, until }).then(onRead, () => undefined);
    };
    document.addEventListener('visibilitychange', mark);
    mark();
    return () => document.removeEventListener('visibilitychange', mark);
  }, [conversation, until, unread]);
}
