import { Button, Loading, Problem, State } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { Code, Markdown } from '../../components/markdown.js';
import { Time } from '../../components/time.js';
import { priorityTone } from '../../format/state.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { html } from '../../view.js';

/**
 * One event: what it says, what became of it by which rule, and the ways on from it.
 * @param {{ id: number, onClose: () => void }} props
 */
export function EventDialog({ id, onClose }) {
  const { data, error } = useResource('event.get', { id }, 'events.list');
  const replay = () => void act('event.replay', { id }, { says: ({ message }) => message });
  return html`<${Dialog} title=${`Event ${id}`} wide onClose=${onClose}>
    ${
      data === null
        ? error === null
          ? html`<${Loading} rows=${3} />`
          : html`<${Problem} problem=${error} />`
        : html`<${Payload} payload=${data.payload} /><${Facts}
              event=${data}
            />${data.reply === null ? null : html`<${Markdown} text=${data.reply} />`}`
    }
    <div class="actions is-end">
      ${
        data === null
          ? null
          : html`<a
              class="button button-quiet"
              href=${addressOf('rules', [], { like: String(id) })}
              title="A rule for events of this source and category"
              >Add a rule like this</a
            >`
      }
      ${data !== null && (data.status === 'failed' || data.status === 'dead') ? html`<${Button} onClick=${replay}>Try it again<//>` : null}
      <${Button} onClick=${onClose}>Close<//>
    </div>
  <//>`;
}

/** @param {{ event: import('../../../../src/operations.ts').Answers['event.get'] }} props */
function Facts({ event }) {
  const { priority, source, category, status, reason, rule, receivedAt, taskId } = event;
  return html`<dl class="facts">
    <dt>What</dt>
    <dd>
      <span class=${`mono priority is-${priorityTone(priority)}`}>${priority}</span> from
      <a href=${addressOf('activity', ['events'], { source })} title="Only events of this source">${source}</a
      >, category <span class="mono">${category}</span>
    </dd>
    <dt>Became</dt>
    <dd>
      <${State} state=${status} />${reason === null ? '' : `: ${reason}`}, by the rule
      <a href=${addressOf('rules', [rule])}>${rule}</a>
    </dd>
    <dt>Received</dt>
    <dd><${Time} at=${receivedAt} /></dd>
    ${
      taskId === null
        ? null
        : html`<dt>Task</dt>
            <dd><a href=${addressOf('tasks', [taskId])}>${taskId}</a></dd>`
    }
  </dl>`;
}

/** What a payload says to people; null where it says it in a way of its own. @param {string} payload */
function textOf(payload) {
  try {
    const { text } = JSON.parse(payload);
    return typeof text === 'string' ? text : null;
  } catch {
    return /^\s*[[{]/.test(payload) ? null : payload;
  }
}

/** The words of an event first, and behind them the line as it came, where that is more. @param {{ payload: string }} props */
function Payload({ payload }) {
  const text = textOf(payload);
  if (text === null) return html`<${Code} text=${payload} label="Payload" />`;
  return html`<p class="event-text">${text}</p>
    ${
      text === payload
        ? null
        : html`<details class="small">
            <summary class="soft">As it came</summary>
            <${Code} text=${payload} label="Payload" />
          </details>`
    }`;
}
