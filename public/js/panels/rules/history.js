import { Button } from '../../components/basics.js';
import { Time } from '../../components/time.js';
import { usePages } from '../../link/use-pages.js';
import { html } from '../../view.js';

/** The changes of the rules, who made them and by which face, newest first. */
export function History() {
  const { items, more, loadMore } = usePages('rules.history', {});
  if (items === null || items.length === 0) return null;
  return html`<details class="rule-history">
    <summary>Changes of the rules</summary>
    <ol class="row-list">
      ${items.map(
        ({ id, at, by, summary }) =>
          html`<li key=${id}>
            <span class="mono soft">${id}</span>
            <span class="grow">${summary}</span>
            <span class="soft small"><${Time} at=${at} /> · ${by}</span>
          </li>`,
      )}
      ${more ? html`<li><${Button} kind="quiet" onClick=${loadMore}>Show earlier ones<//></li>` : null}
    </ol>
  </details>`;
}
