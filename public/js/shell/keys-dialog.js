import { Dialog } from '../components/dialog.js';
import { panels } from '../panels/panels.js';
import { useStore } from '../state/use-store.js';
import { html } from '../view.js';
import { boundKeys, keysDialog } from './keys.js';
import { Words } from './words.js';

/** The list of keys. */
export function KeysDialog() {
  const open = useStore(keysDialog, (state) => state.open);
  if (!open) return null;
  const here = boundKeys();
  return html`<${Dialog} title="Keys" wide onClose=${() => keysDialog.set({ open: false })}>
    <div class="keys">
      <${Keys}
        title="Go to"
        rows=${panels.map(({ key, label, says }) => ({ keys: `g ${key}`, says: `${label}: ${says}` }))}
      />
      <div class="stack">
        <${Keys}
          title="Everywhere"
          rows=${[
            { keys: '?', says: 'This list' },
            { keys: 'Ctrl+K', says: 'Go to anything' },
            { keys: '/', says: 'Search in the panel' },
            { keys: 'Esc', says: 'Leave a field, close a dialog' },
            { keys: '↑ ↓ j k', says: 'From row to row in a list; Home and End too' },
            { keys: 'Enter', says: 'Open the row; send the message' },
            { keys: 'Shift+Enter', says: 'A new line in a message' },
            { keys: '↑', says: 'In an empty message: what you asked before' },
          ]}
        />
        ${here.length === 0 ? null : html`<${Keys} title="On this panel" rows=${here} />`}
      </div>
    </div>
    <${Words} />
  <//>`;
}

/** @param {{ title: string, rows: readonly { keys: string, says: string }[] }} props */
function Keys({ title, rows }) {
  return html`<section>
    <h2>${title}</h2>
    <dl>
      ${rows.map(
        ({ keys, says }) =>
          html`<div key=${keys}>
            <dt>${keys.split(' ').map((key) => html`<kbd key=${key}>${key}</kbd>`)}</dt>
            <dd>${says}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
