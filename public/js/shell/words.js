import { useResource } from '../link/use-resource.js';
import { html } from '../view.js';

/** The words of ninjad with what they mean, the same as in README and in the terminal. */
export function Words() {
  const { data } = useResource('words.list', {});
  if (data === null) return null;
  return html`<details class="words">
    <summary>What the words mean</summary>
    <dl class="facts">
      ${data.map(({ word, means }) => [html`<dt key=${word}>${word}</dt>`, html`<dd key=${`${word} means`}>${means}</dd>`])}
    </dl>
  </details>`;
}
