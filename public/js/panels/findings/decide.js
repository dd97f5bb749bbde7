import { Button } from '../../components/basics.js';
import { Confirm, Dialog } from '../../components/dialog.js';
import { html, useState } from '../../view.js';

/** Asks before a finding is dismissed, and why. @param {{ onClose: () => void, onConfirm: (reason: string) => void }} props */
export function Dismiss({ onClose, onConfirm }) {
  return html`<${Confirm}
    title="Dismiss this finding?"
    verb="Dismiss it"
    reason="optional"
    onClose=${onClose}
    onConfirm=${onConfirm}
  >
    It is closed, and comes back only with new evidence. Three dismissals rest its detector, until what it
    finds weighs twice as much.
  <//>`;
}

const spans = [
  ['A day', 1],
  ['A week', 7],
  ['A month', 30],
  ['Three months', 90],
];
const dayMs = 86_400_000;

/** Asks until when a finding is put off. @param {{ onClose: () => void, onConfirm: (until: string) => void }} props */
export function Snooze({ onClose, onConfirm }) {
  const [days, setDays] = useState('7');
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    onConfirm(new Date(Date.now() + Number(days) * dayMs).toISOString());
    onClose();
  };
  return html`<${Dialog} title="Snooze this finding?" onClose=${onClose}>
    <form class="stack" onSubmit=${onSubmit}>
      <p class="soft prose">
        It is out of the way until then, and waits for you again if it is still measured.
      </p>
      <div class="field">
        <label for="snooze">For</label>
        <select
          id="snooze"
          value=${days}
          onChange=${(/** @type {any} */ event) => setDays(event.target.value)}
        >
          ${spans.map(([label, number]) => html`<option key=${number} value=${String(number)}>${label}</option>`)}
        </select>
      </div>
      <div class="actions is-end">
        <${Button} onClick=${onClose}>Keep as it is<//>
        <${Button} type="submit" kind="primary">Snooze it<//>
      </div>
    </form>
  <//>`;
}
