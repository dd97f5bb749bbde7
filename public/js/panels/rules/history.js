import { Time } from '../../components/time.js';
import { plural } from '../../format/quantity.js';
import { useResource } from '../../link/use-resource.js';
import { html } from '../../view.js';

/** The last changes of the rules, who made them and by which face. */
export function History() {
  const { data } = useResource('rules.history', { limit: 20 }, 'rules.list');
  const items = data?.items ?? [];
  if (items.length === 0) return null;
  return html`<details class="rule-history">
    <summary>
      ${items.length === 1 ? 'The last change' : `The last ${plural(items.length, 'change')}`}
    </summary>
    <ol class="row-list">
      ${items.map(
        ({ id, at, by, summary }) =>
          html`<li key=${id}>
            <span class="mono soft">${id}</span>
            <span class="grow">${summary}</span>
            <span class="soft small"><${Time} at=${at} /> · ${by}</span>
          </li>`,
      )}
    </ol>
  </details>`;
}
