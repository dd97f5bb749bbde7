import { bytes } from '../../format/quantity.js';
import { html } from '../../view.js';

/**
 * The files that go with the next message.
 * @param {{ files: readonly import('./attach.js').Attachment[], onRemove: (upload: string) => void }} props
 */
export function Attachments({ files, onRemove }) {
  if (files.length === 0) return null;
  return html`<ul class="attachments" aria-label="Attached files">
    ${files.map(
      ({ upload, name, bytes: size, state, problem }) =>
        html`<li key=${upload} class=${`attachment is-${state === 'refused' ? 'pink' : 'soft'}`}>
          <span class="one-line">${name}</span>
          <span class="small state">
            ${state === 'sending' ? 'on its way…' : state === 'there' ? bytes(size) : problem}
          </span>
          <button
            type="button"
            class="button button-quiet"
            aria-label=${`Take ${name} away`}
            onClick=${() => onRemove(upload)}
          >
            ✕
          </button>
        </li>`,
    )}
  </ul>`;
}
