import { AgentName } from '../../components/agent-name.js';
import { Button, State } from '../../components/basics.js';
import { Markdown } from '../../components/markdown.js';
import { Time } from '../../components/time.js';
import { duration } from '../../format/duration.js';
import { money, plural } from '../../format/quantity.js';
import { reasonText } from '../../format/reason.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { html, useState } from '../../view.js';
import { Memories } from '../tasks/memories.js';
import { AskAgain, isQuiet } from '../tasks/ask-again.js';
import { Doubt, isInDoubt } from '../tasks/doubt.js';
import { writeDraft } from './drafts.js';
import { faceOf } from './face.js';
import { forgetMessage, sendAgain, sendMessage } from './outbox.js';
import { Steps } from './steps.js';
import { isOver } from './thread.js';

/**
 * @typedef {object} TurnProps
 * @property {import('./thread.js').ChatTurn} turn
 * @property {import('./thread.js').ChatTurn | null} ahead an earlier one whose reply is not at its end yet
 * @property {import('./thread.js').ChatTurn | null} host the one above whose reply is for this one too
 */

/**
 * A message of the owner and what came of it.
 * @param {TurnProps} props
 */
export function Turn({ turn, ahead, host }) {
  const over = isOver(turn);
  const face = faceOf(turn.source);
  return html`<li class="turn">
    <div class="said">
      ${turn.text === '' ? null : html`<p class="said-text">${turn.text}</p>`}
      ${
        turn.files.length === 0
          ? null
          : html`<ul class="attachments">
              ${turn.files.map((name, index) => html`<li key=${index} class="attachment is-soft"><span class="one-line">${name}</span></li>`)}
            </ul>`
      }
      <p class="said-by soft small">
        <span class="turn-acts">
          <${Copy} text=${turn.text} label="Copy the message" />
          <${Button} kind="quiet" label="Edit and send again" onClick=${() => edit(turn)}>Edit<//>
        </span>
        <${Time} at=${turn.at} />${face === null ? null : html` · ${face.word}`}
      </p>
    </div>
    <article
      class=${`reply${host === null ? '' : ' is-shared'}`}
      aria-busy=${over ? undefined : 'true'}
      aria-label="Reply"
    >
      ${turn.reply === '' || host !== null ? null : html`<${Markdown} text=${turn.reply} />`}
      ${
        turn.reply === '' && over && host === null && turn.state !== 'failed' && turn.state !== 'dead'
          ? html`<p class="soft">No reply was written.</p>`
          : null
      }
      ${host !== null ? html`<${Heard} over=${over} />` : over ? html`<${Ended} turn=${turn} />` : html`<${Going} turn=${turn} ahead=${ahead} />`}
    </article>
  </li>`;
}

/** @param {import('./thread.js').ChatTurn} turn */
function edit({ conversation, text }) {
  writeDraft(conversation, text);
  document.getElementById('message')?.focus();
}

/** Ends the run at once; what was asked can be asked again. @param {number} taskId */
export function stop(taskId) {
  const again = () => void act('task.retry', { id: taskId }, { says: ({ message }) => message });
  void act(
    'task.cancel',
    { id: taskId },
    { says: 'Stopped. What was written stays.', action: { label: 'Ask again', run: again } },
  );
}

/** A message that another reply has taken in. @param {{ over: boolean }} props */
function Heard({ over }) {
  return html`<p class="reply-foot soft">
    <span class="state is-cyan"><span class="glyph" aria-hidden="true">↥</span>heard</span>
    while it ${over ? 'worked' : 'works'}: the reply above is for both
  </p>`;
}

/** @param {Pick<TurnProps, 'turn' | 'ahead'>} props */
function Going({ turn, ahead }) {
  const { taskId } = turn;
  return html`<div class="reply-foot">
    ${turn.state === 'queued' ? html`<span class="state is-yellow glyph" aria-hidden="true">◷</span>` : html`<span class="live-dot" aria-hidden="true"></span>`}
    <span class="soft">${doing(turn, ahead)}</span>
    ${
      taskId === null
        ? null
        : html`<a class="small" href=${addressOf('tasks', [taskId])}>task ${taskId}</a>
            <${Button} kind="quiet" onClick=${() => stop(taskId)}>Stop<//>
            ${isInDoubt(turn.progress) ? html`<${Doubt} taskId=${taskId} />` : null}
            ${isQuiet(turn.progress) ? html`<${AskAgain} taskId=${taskId} />` : null}`
    }
  </div>`;
}

/** @param {import('./thread.js').ChatTurn} turn @param {TurnProps['ahead']} ahead */
function doing({ progress, state, reply }, ahead) {
  if (progress !== null && progress !== 'starting') return progress;
  if (reply !== '') return 'writing the reply';
  if (state !== 'queued') return progress ?? 'starting';
  if (ahead === null) return 'waits for its turn';
  return `comes after the reply above${ahead.hears === false ? ', which hears nothing while it works' : ''}`;
}

/** Null where it cost nothing. @param {import('./thread.js').ChatTurn} turn */
function costOf({ costUsd, costIsEstimated }) {
  if (costUsd <= 0) return null;
  return costIsEstimated ? `about ${money(costUsd)}` : money(costUsd);
}

/** @param {{ turn: import('./thread.js').ChatTurn }} props */
function Ended({ turn }) {
  const { taskId, state } = turn;
  const failed = state === 'failed' || state === 'dead' || state === 'cancelled';
  const took = turn.endedAt === null ? null : duration(Date.parse(turn.endedAt) - Date.parse(turn.at));
  const [shown, setShown] = useState(/** @type {'tools' | 'memories' | null} */ (null));
  const toggle = (/** @type {'tools' | 'memories'} */ which) => setShown(shown === which ? null : which);
  const again = () =>
    taskId !== null && void act('task.retry', { id: taskId }, { says: ({ message }) => message });
  return html`<div class="reply-foot">
      ${failed ? html`<${State} state=${state} word=${state === 'cancelled' ? 'stopped' : 'failed'} />` : null}
      ${failed && turn.reason !== null ? html`<span class="grow">${reasonText(turn.reason)}</span>` : null}
      ${failed && taskId !== null ? html`<${Button} onClick=${again}>${state === 'cancelled' ? 'Ask again' : 'Try again'}<//>` : null}
      ${state === 'done' && turn.reason?.startsWith('it was interrupted (') === true ? html`<span class="soft small">${turn.reason}</span>` : null}
      ${turn.agent === null ? null : html`<span class="soft small"><${AgentName} name=${turn.agent} title=${turn.instead ?? undefined} /></span>`}
      <span class="soft small">${[took, costOf(turn)].filter(Boolean).join(' · ')}</span>
      ${
        taskId === null
          ? null
          : html`<a class="small" href=${addressOf('tasks', [taskId])}>task ${taskId}</a>
              ${turn.calls > 0 ? html`<${Fold} word=${`used ${plural(turn.calls, 'tool')}`} isOpen=${shown === 'tools'} onToggle=${() => toggle('tools')} />` : null}
              ${turn.memories > 0 ? html`<${Fold} word=${`${plural(turn.memories, 'memory', 'memories')} behind this reply`} isOpen=${shown === 'memories'} onToggle=${() => toggle('memories')} />` : null}`
      }
      <span class="turn-acts">
        ${turn.reply === '' ? null : html`<${Copy} text=${turn.reply} label="Copy the reply" />`}
        ${failed || turn.text === '' ? null : html`<${Button} kind="quiet" onClick=${() => sendMessage(turn.conversation, turn.text)}>Ask again<//>`}
      </span>
    </div>
    ${shown === 'tools' && taskId !== null ? html`<${Steps} taskId=${taskId} />` : null}
    ${shown === 'memories' && taskId !== null ? html`<${Behind} taskId=${taskId} />` : null}`;
}

/** A word that opens what stands behind it. @param {{ word: string, isOpen: boolean, onToggle: () => void }} props */
function Fold({ word, isOpen, onToggle }) {
  return html`<button
    type="button"
    class="fold-word small"
    aria-expanded=${String(isOpen)}
    onClick=${onToggle}
  >
    <span class="mono" aria-hidden="true">${isOpen ? '▾' : '▸'}</span> ${word}
  </button>`;
}

/** @param {{ text: string, label: string }} props */
function Copy({ text, label }) {
  const [word, setWord] = useState('Copy');
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setWord('Copied'),
      () => setWord('Select it by hand'),
    );
  return html`<${Button} kind="quiet" title=${label} onClick=${() => void copy()}>${word}<//>`;
}

/** The memories that the agent was given for this reply. @param {{ taskId: number }} props */
function Behind({ taskId }) {
  const { data, error } = useResource('task.get', { id: taskId });
  return html`<div class="behind">
    ${data === null ? html`<p class="soft small">${error === null ? 'Looking…' : error.message}</p>` : html`<${Memories} memories=${data.memories} />`}
  </div>`;
}

const pendingWords = { sending: 'sending…', accepted: 'safe on the daemon’s disk', refused: 'not taken' };

/**
 * A message whose turn has not come yet.
 * @param {{ message: import('./outbox.js').Sent, connected: boolean }} props
 */
export function Pending({ message, connected }) {
  const { state, text, problem, dedupKey, attachments = [] } = message;
  const word = state === 'sending' && !connected ? 'waits until the daemon is back' : pendingWords[state];
  return html`<li class="turn">
    <div class=${`said is-${state}`}>
      <p class="said-text">${text === '' ? attachments.map(({ name }) => name).join(', ') : text}</p>
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
