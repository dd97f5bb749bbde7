import { Button, State } from '../../components/basics.js';
import { Confirm } from '../../components/dialog.js';
import { Markdown } from '../../components/markdown.js';
import { Time } from '../../components/time.js';
import { duration } from '../../format/duration.js';
import { money, plural } from '../../format/quantity.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { html, useState } from '../../view.js';
import { Memories } from '../tasks/memories.js';
import { AskAgain, isQuiet } from '../tasks/ask-again.js';
import { Doubt, isInDoubt } from '../tasks/doubt.js';
import { forgetMessage, sendAgain } from './outbox.js';
import { isOver } from './thread.js';

/**
 * A message of the owner and what came of it.
 * @param {{ turn: import('./thread.js').ChatTurn }} props
 */
export function Turn({ turn }) {
  const over = isOver(turn);
  return html`<li class="turn">
    <div class="said">
      <p class="said-text">${turn.text}</p>
      <p class="said-by soft small">
        <${Time} at=${turn.at} />${turn.source === 'dashboard' ? null : html` · by ${turn.source}`}
      </p>
    </div>
    <article class="reply" aria-busy=${over ? undefined : 'true'} aria-label="Reply">
      ${turn.reply === '' ? null : html`<${Markdown} text=${turn.reply} />`}
      ${
        turn.reply === '' && over && turn.state !== 'failed' && turn.state !== 'dead'
          ? html`<p class="soft">No reply was written.</p>`
          : null
      }
      ${over ? html`<${Ended} turn=${turn} />` : html`<${Going} turn=${turn} />`}
    </article>
  </li>`;
}

/** @param {{ turn: import('./thread.js').ChatTurn }} props */
function Going({ turn }) {
  const [asks, setAsks] = useState(false);
  const { taskId } = turn;
  const stop = () =>
    taskId !== null && void act('task.cancel', { id: taskId }, { says: ({ message }) => message });
  return html`<div class="reply-foot">
    <span class="live-dot" aria-hidden="true"></span>
    <span class="soft"
      >${turn.progress ?? (turn.state === 'queued' ? 'waits for its turn' : 'starting')}</span
    >
    ${
      taskId === null
        ? null
        : html`<a class="small" href=${addressOf('tasks', [taskId])}>task ${taskId}</a>
            <${Button} kind="quiet" onClick=${() => setAsks(true)}>Stop<//>
            ${isInDoubt(turn.progress) ? html`<${Doubt} taskId=${taskId} />` : null}
            ${isQuiet(turn.progress) ? html`<${AskAgain} taskId=${taskId} />` : null}`
    }
    ${
      asks
        ? html`<${Confirm}
            title="Stop this task?"
            verb="Stop it"
            danger
            onConfirm=${stop}
            onClose=${() => setAsks(false)}
          >
            Its processes are ended, what it has written so far stays. It cannot go on from there.
          <//>`
        : null
    }
  </div>`;
}

/** @param {{ turn: import('./thread.js').ChatTurn }} props */
function Ended({ turn }) {
  const { taskId, state } = turn;
  const failed = state === 'failed' || state === 'dead' || state === 'cancelled';
  const took = turn.endedAt === null ? null : duration(Date.parse(turn.endedAt) - Date.parse(turn.at));
  const again = () =>
    taskId !== null && void act('task.retry', { id: taskId }, { says: ({ message }) => message });
  return html`<div class="reply-foot">
      ${failed ? html`<${State} state=${state} />` : null}
      ${failed && turn.reason !== null ? html`<span class="grow">${turn.reason}</span>` : null}
      ${failed && taskId !== null ? html`<${Button} onClick=${again}>Try again<//>` : null}
      ${state === 'done' && turn.reason?.startsWith('it was interrupted (') === true ? html`<span class="soft small">${turn.reason}</span>` : null}
      <span class="soft small"
        >${[took, turn.costUsd > 0 ? money(turn.costUsd) : null].filter(Boolean).join(' · ')}</span
      >
      ${taskId === null ? null : html`<a class="small" href=${addressOf('tasks', [taskId])}>task ${taskId}</a>`}
    </div>
    ${turn.memories > 0 && taskId !== null ? html`<${Behind} taskId=${taskId} number=${turn.memories} />` : null}`;
}

/** The memories that the agent was given for this reply. @param {{ taskId: number, number: number }} props */
function Behind({ taskId, number }) {
  const [open, setOpen] = useState(false);
  const { data, error } = useResource('task.get', open ? { id: taskId } : null);
  return html`<details
    class="behind"
    onToggle=${(/** @type {any} */ event) => setOpen(event.currentTarget.open)}
  >
    <summary class="small">${plural(number, 'memory', 'memories')} behind this reply</summary>
    ${data === null ? html`<p class="soft small">${error === null ? 'Looking…' : error.message}</p>` : html`<${Memories} memories=${data.memories} />`}
  </details>`;
}

const pendingWords = { sending: 'sending…', accepted: 'safe on the daemon’s disk', refused: 'not taken' };

/**
 * A message whose turn has not come yet.
 * @param {{ message: import('./outbox.js').Sent, connected: boolean }} props
 */
export function Pending({ message, connected }) {
  const { state, text, problem, dedupKey } = message;
  const word = state === 'sending' && !connected ? 'waits until the daemon is back' : pendingWords[state];
  return html`<li class="turn">
    <div class=${`said is-${state}`}>
      <p class="said-text">${text}</p>
      <p class="said-by small">
        <span class=${`state is-${state === 'refused' ? 'pink' : 'soft'}`}
          ><span class="glyph" aria-hidden="true"
            >${state === 'accepted' ? '✓' : state === 'refused' ? '✕' : '◌'}</span
          >${word}</span
        >
        ${problem === undefined ? null : html`<span>${problem}</span>`}
      </p>
      ${
        state === 'refused'
          ? html`<div class="actions is-end">
              <${Button} onClick=${() => sendAgain(dedupKey)}>Send again<//
              ><${Button} kind="quiet" onClick=${() => forgetMessage(dedupKey)}>Discard<//>
            </div>`
          : null
      }
    </div>
  </li>`;
}
