import { Confirm } from '../../components/dialog.js';
import { act } from '../../link/act.js';
import { html } from '../../view.js';

/** Has the daemon start again, for what stands in its file and can only be taken up then. @param {{ onClose: () => void }} props */
export function Restart({ onClose }) {
  return html`<${Confirm}
    title="Restart ninjad?"
    verb="Restart"
    onConfirm=${() => void act('daemon.restart', {}, { says: 'It restarts; this page goes on when it is back.' })}
    onClose=${onClose}
    >Running tasks may finish first. Then it reads <code>config.json</code> anew. What you write meanwhile
    waits, and nothing is lost.<//
  >`;
}
