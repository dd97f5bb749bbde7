import { Button, Empty, Loading, Problem, State, Tag } from '../../components/basics.js';
import { Confirm } from '../../components/dialog.js';
import { Code } from '../../components/markdown.js';
import { Time } from '../../components/time.js';
import { plural } from '../../format/quantity.js';
import { act } from '../../link/act.js';
import { usePages } from '../../link/use-pages.js';
import { addressOf } from '../../shell/routes.js';
import { html, useEffect, useState } from '../../view.js';

/** @typedef {import('../../../../src/lib/dashboard/protocol/decisions.ts').Finding} Finding */

/** What the self-watch measured. @param {{ version: number }} props */
export function Findings({ version }) {
  const [state, setState] = useState('open');
  const { items, error, more, loadMore, reload, update } = usePages(
    'findings.list',
    state === '' ? {} : { state },
  );
  useEffect(() => {
    if (version > 0) reload();
  }, [version]);
  const decide = async (
    /** @type {Finding} */ finding,
    /** @type {'accept' | 'dismiss'} */ decision,
    /** @type {string} */ reason,
  ) => {
    const decided = decision === 'accept' ? 'accepted' : 'dismissed';
    update((rows) => rows.map((row) => (row.id === finding.id ? { ...row, state: decided } : row)));
    await act(
      'finding.decide',
      { id: finding.id, decision, ...(reason !== '' && { reason }) },
      {
        says: decision === 'accept' ? 'Accepted: it is a wish now.' : 'Dismissed.',
        undo: reload,
      },
    );
    reload();
  };
  return html`<div class="actions">
      <select
        aria-label="State"
        value=${state}
        onChange=${(/** @type {any} */ event) => setState(event.target.value)}
      >
        <option value="open">Open</option>
        <option value="accepted">Accepted</option>
        <option value="dismissed">Dismissed</option>
        <option value="">All</option>
      </select>
    </div>
    ${
      items === null
        ? error === null
          ? html`<${Loading} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : items.length === 0
          ? html`<${Empty} title=${state === 'open' ? 'Nothing to look at' : 'No finding here'}
              >The self-watch measures slow queries, failing categories, cost outliers, retry storms and loop
              stalls. What stands out is listed here with its evidence, until you accept it as a wish or
              dismiss it.<//
            >`
          : html`<ul class="grow scrolls">
              ${items.map((finding) => html`<${FindingRow} key=${finding.id} finding=${finding} onDecide=${decide} />`)}
              ${more ? html`<li><${Button} kind="quiet" onClick=${loadMore}>Show earlier ones<//></li>` : null}
            </ul>`
    }`;
}

/** @param {{ finding: Finding, onDecide: (finding: Finding, decision: 'accept' | 'dismiss', reason: string) => Promise<void> }} props */
function FindingRow({ finding, onDecide }) {
  const [dismissing, setDismissing] = useState(false);
  const isOpen = finding.state === 'open';
  return html`<li class="decision">
    <div class="decision-head">
      <${State} state=${finding.severity} />
      <span class="grow">${finding.summary}</span>
      <div class="end">
        ${
          isOpen
            ? html`<${Button} onClick=${() => setDismissing(true)}>Dismiss<//
                ><${Button} kind="primary" onClick=${() => void onDecide(finding, 'accept', '')}
                  >Make it a wish<//
                >`
            : html`<${State} state=${finding.state} />`
        }
      </div>
    </div>
    <p class="soft small">
      <${Tag}>${finding.kind.replaceAll('_', ' ')}<//> seen ${plural(finding.seenCount, 'time')}, last
      <${Time}
        at=${finding.lastSeenAt}
      />${finding.wishId === null ? null : html`, became <a href=${addressOf('decide', ['wishes', finding.wishId])}>wish ${finding.wishId}</a>`}
    </p>
    <details>
      <summary>Evidence</summary>
      <${Code} text=${JSON.stringify(finding.evidence, null, 2) ?? 'none'} label="Evidence" />
    </details>
    ${
      dismissing
        ? html`<${Confirm}
            title="Dismiss this finding?"
            verb="Dismiss it"
            reason="optional"
            onClose=${() => setDismissing(false)}
            onConfirm=${(/** @type {string} */ reason) => void onDecide(finding, 'dismiss', reason)}
          >
            It is closed. Should the same be measured again, a new finding is opened.
          <//>`
        : null
    }
  </li>`;
}
