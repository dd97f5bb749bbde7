import { Button, Loading, Problem } from '../../components/basics.js';
import { connection, request } from '../../link/connection.js';
import { dayOf } from '../../format/day.js';
import { bindKey } from '../../shell/keys.js';
import { go, place } from '../../shell/location.js';
import { addressOf } from '../../shell/routes.js';
import { clock } from '../../state/clock.js';
import { useStore } from '../../state/use-store.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../view.js';
import { Beginning, Examples } from './beginning.js';
import { Composer } from './composer.js';
import { Conversations, useConversations } from './conversations.js';
import { ThreadHead } from './thread-head.js';
import { outbox } from './outbox.js';
import { isOver, lastEnd } from './thread.js';
import { Pending, stop, Turn } from './turn.js';
import { useThread } from './use-thread.js';

/** Conversations at the left, the chosen one beside them; at phone width one after the other. */
export function ChatPanel() {
  const [named] = useStore(place, (state) => state.rest);
  const [text, setText] = useState('');
  const talks = useConversations(text);
  const [fresh] = useState(newName);
  const [latest, setLatest] = useState(/** @type {string | null} */ (null));
  const isWide = matchMedia('(min-width: 900px)').matches;
  const isEmpty = talks.data?.length === 0 && text === '';
  // The one that was used last when the panel opened: what is used later must not take its place.
  const first = talks.data?.[0]?.name;
  if (latest === null && talks.data !== null && text === '') setLatest(first ?? fresh);
  const selected = named ?? (isWide || isEmpty ? latest : null);
  const startNew = () => go('chat', [newName()]);
  const talk = talks.data?.find(({ name }) => name === selected);
  return html`<div
    class=${`chat${named === undefined && !isEmpty ? '' : ' has-chosen'}${isEmpty ? ' is-first' : ''}`}
  >
    <h1 class="unseen">Chat</h1>
    <${Conversations}
      resource=${talks}
      selected=${selected}
      onNew=${startNew}
      search=${{ text, onSearch: setText }}
    />
    ${
      selected === null
        ? html`<div class="thread-none"></div>`
        : html`<${Thread}
            key=${selected}
            conversation=${selected}
            talk=${talk}
            isKnown=${talk !== undefined || talks.data === null || text !== ''}
            onRead=${talks.reload}
          />`
    }
  </div>`;
}

/** The name of a conversation that begins now. */
function newName() {
  return `talk-${Date.now().toString(36)}`;
}

const nearEndPx = 80;

/** @typedef {import('../../../../src/operations.ts').Answers['chat.conversations'][number]} Talk */

/**
 * @param {{ conversation: string, talk: Talk | undefined, isKnown: boolean, onRead: () => void }} props `isKnown`: there may
 *   be messages in it
 */
function Thread({ conversation, talk, isKnown, onRead }) {
  const unread = talk?.unread ?? 0;
  const title = talk?.title || 'New conversation';
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
  const isNew = (loaded || !isKnown) && turns.length + pending.length === 0;
  useEffect(
    () =>
      bindKey(
        'x',
        'Stop the reply; so does Esc in the empty field',
        () => running?.taskId != null && stop(running.taskId),
      ),
    [running?.taskId],
  );

  return html`<section class=${`thread${isNew ? ' is-new' : ''}`} aria-label=${title}>
    ${isNew ? html`<a class="button button-quiet thread-back" href=${addressOf('chat')}>Back</a>` : html`<${ThreadHead} conversation=${conversation} talk=${talk} title=${title} />`}
    ${
      isNew
        ? html`<${Beginning} />`
        : html`<div
            class="thread-box"
            ref=${box}
            onScroll=${onScroll}
            tabindex="0"
            role="region"
            aria-label="Messages"
          >
            ${next === null ? null : html`<div class="thread-more"><${Button} kind="quiet" onClick=${loadOlder}>Show earlier messages<//></div>`}
            ${
              loaded || pending.length > 0
                ? html`<ol class="turns">
                    ${turns.map((turn, index) => html`<${Day} key=${`day-${turn.eventId}`} at=${turn.at} before=${turns[index - 1]?.at} /><${Turn} key=${turn.eventId} turn=${turn} ahead=${aheadOf(turns, index)} host=${hostOf(turns, turn)} />`)}${pending.map((message) => html`<${Pending} key=${message.dedupKey} message=${message} connected=${connected} />`)}
                  </ol>`
                : error === null || !connected
                  ? html`<${Loading} />`
                  : html`<${Problem} problem=${error} retry=${reload} />`
            }
          </div>`
    }
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
    <${Composer} conversation=${conversation} running=${running ?? null} onSent=${toEnd} />
    ${isNew ? html`<${Examples} conversation=${conversation} />` : null}
  </section>`;
}

/** The reply before it that is not at its end yet. @param {readonly import('./thread.js').ChatTurn[]} turns @param {number} index */
function aheadOf(turns, index) {
  return turns.slice(0, index).findLast((turn) => !isOver(turn)) ?? null;
}

/**
 * The turn above whose reply is for this one too.
 * @param {readonly import('./thread.js').ChatTurn[]} turns @param {import('./thread.js').ChatTurn} turn
 */
function hostOf(turns, { steeredInto }) {
  return steeredInto === null ? null : (turns.find(({ taskId }) => taskId === steeredInto) ?? null);
}

/** The day over its first message. @param {{ at: string, before: string | undefined }} props */
function Day({ at, before }) {
  const now = useStore(clock, (state) => state.now);
  const day = dayOf(at, now);
  if (before !== undefined && dayOf(before, now) === day) return null;
  return html`<li class="turn-day"><h3>${day}</h3></li>`;
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
