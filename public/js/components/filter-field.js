import { useDraft } from '../state/use-draft.js';
import { html } from '../view.js';

/**
 * A field that narrows a list to one word, with those that are known to choose from; it tells its value once that is chosen
 * or left.
 * @param {{ label: string, placeholder: string, value: string, known: readonly string[], onFilter: (value: string) => void }} props
 */
export function FilterField({ label, placeholder, value, known, onFilter }) {
  const [text, setText] = useDraft(value);
  const id = `known-${label.toLowerCase().replaceAll(' ', '-')}`;
  const tell = (/** @type {string} */ next) => next.trim() !== value && onFilter(next.trim());
  return html`<input
      type="search"
      class="filter-field"
      aria-label=${label}
      placeholder=${placeholder}
      list=${id}
      maxlength="64"
      autocomplete="off"
      spellcheck="false"
      value=${text}
      onInput=${(/** @type {any} */ event) => {
        setText(event.target.value);
        // What is chosen from the list, or cleared, is whole at once.
        if (event.target.value === '' || known.includes(event.target.value)) tell(event.target.value);
      }}
      onChange=${(/** @type {any} */ event) => tell(event.target.value)}
    /><datalist id=${id}>
      ${known.map((name) => html`<option key=${name} value=${name}></option>`)}
    </datalist>`;
}
