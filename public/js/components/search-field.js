import { html, useEffect, useRef, useState } from '../view.js';

const settleMs = 250;

/**
 * A search field that `/` reaches; it tells its value a moment after the last key.
 * @param {{ label: string, value: string, onSearch: (text: string) => void, placeholder?: string }} props
 */
export function SearchField({ label, value, onSearch, placeholder = label }) {
  const [text, setText] = useState(value);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const given = useRef(value);
  useEffect(() => {
    // The first effect comes after the first key of somebody who is quick.
    if (given.current === value) return;
    given.current = value;
    setText(value);
  }, [value]);
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
