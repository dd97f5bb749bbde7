import { Button } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { html, useState } from '../../view.js';

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
  return html`<${Dialog} title="Snooze until when?" onClose=${onClose}>
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
        <${Button} onClick=${onClose}>Keep it open<//>
        <${Button} type="submit" kind="primary">Snooze it<//>
      </div>
    </form>
  <//>`;
}
