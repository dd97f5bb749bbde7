import { count } from '../../format/quantity.js';
import { priorities, priorityTone } from '../../format/state.js';
import { html } from '../../view.js';

/** What waits in the mailbox, by priority; nothing where nothing waits. @param {{ mailbox: import('./now.js').Now['status']['mailbox'] }} props */
export function Mailbox({ mailbox }) {
  if (mailbox.depth === 0) return null;
  const waiting = priorities.filter((name) => mailbox.byPriority[name] > 0);
  const most = Math.max(1, ...waiting.map((name) => mailbox.byPriority[name]));
  return html`<section class="section" aria-labelledby="now-mailbox">
    <div class="section-head">
      <h2 id="now-mailbox">Mailbox</h2>
      <span class="end mono soft">${count(mailbox.depth)} waiting</span>
    </div>
    <dl class="bars">
      ${waiting.map(
        (name) =>
          html`<div key=${name} class=${`is-${priorityTone(name)}`}>
            <dt>${name}</dt>
            <dd>
              <span class="bar" aria-hidden="true"
                ><i style=${{ width: `${(mailbox.byPriority[name] / most) * 100}%` }}></i
              ></span>
              <span class="numeric">${count(mailbox.byPriority[name])}</span>
            </dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
