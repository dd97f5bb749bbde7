import { useDraft } from '../state/use-draft.js';
import { html, useEffect, useRef } from '../view.js';

const settleMs = 250;

/**
 * A search field that `/` reaches; it tells its value a moment after the last key.
 * @param {{ label: string, value: string, onSearch: (text: string) => void, placeholder?: string }} props
 */
export function SearchField({ label, value, onSearch, placeholder = label }) {
  const [text, setText] = useDraft(value);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => () => clearTimeout(timer.current), []);
  const tell = (/** @type {string} */ next, wait = settleMs) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(next.trim()), wait);
  };
  return html`<input
    type="search"
    class="search"
    data-search
    aria-label=${label}
    placeholder=${placeholder}
    maxlength="500"
    value=${text}
    onInput=${(/** @type {any} */ event) => tell(event.target.value)}
    onKeyDown=${(/** @type {any} */ event) => event.key === 'Enter' && tell(event.target.value, 0)}
  />`;
}
