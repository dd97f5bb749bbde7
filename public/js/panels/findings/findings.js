import { Button, Empty, Loading, Problem, State } from '../../components/basics.js';
import { act } from '../../link/act.js';
import { usePages } from '../../link/use-pages.js';
import { addressOf } from '../../shell/routes.js';
import { html, useState } from '../../view.js';
import { findingRank, ranked } from '../decide/order.js';
import { Detectors } from './detectors.js';
import { decided, decideFinding, Decisions, FindingPage, Grounds, Sight } from './finding.js';

/** @typedef {import('./finding.js').Finding} Finding */
/** @typedef {import('./finding.js').Decide} Decide */

/** Findings among the decisions. */
export const findings = {
  id: 'findings',
  label: 'Findings',
  count: (/** @type {import('../panels.js').Waiting} */ waiting) => waiting.findings,
  list: Findings,
  page: FindingPage,
};

/** What the detectors measured. */
function Findings() {
  const [state, setState] = useState('open');
  const { items, error, more, loadMore, reload, update } = usePages(
    'findings.list',
    state === '' ? {} : { state },
  );
  const decide = /** @type {Decide} */ (
    async (finding, decision, more = {}) => {
      update((rows) =>
        rows.map((row) => (row.id === finding.id ? { ...row, state: decided[decision] } : row)),
      );
      await decideFinding(finding, decision, more, reload);
      reload();
    }
  );
  return html`<${Bar} state=${state} onState=${setState} reload=${reload} /> ${
      items === null
        ? error === null
          ? html`<${Loading} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : items.length === 0
          ? html`<${Empty} title=${state === 'open' ? 'Nothing to look at' : 'No finding here'}
              >Each night the detectors look at what ninjad did. What fails, is slow, dear or noisy waits here
              with its evidence, until you make it a wish, dismiss it or snooze it.<//
            >`
          : html`<ul class="grow scrolls">
              ${ranked(/** @type {readonly Finding[]} */ (items), findingRank).map((finding) => html`<${FindingRow} key=${finding.id} finding=${finding} onDecide=${decide} />`)}
              ${more ? html`<li><${Button} kind="quiet" onClick=${loadMore}>Show earlier ones<//></li>` : null}
            </ul>`
    }`;
}

/** @param {{ state: string, onState: (state: string) => void, reload: () => void }} props */
function Bar({ state, onState, reload }) {
  const [looking, setLooking] = useState(false);
  const [shown, setShown] = useState(false);
  const look = async () => {
    setLooking(true);
    await act(
      'findings.look',
      {},
      { says: ({ opened, reopened, gone }) => `Looked: ${opened} new, ${reopened} back, ${gone} gone.` },
    );
    setLooking(false);
    reload();
  };
  return html`<div class="actions">
    <select
      aria-label="State"
      value=${state}
      onChange=${(/** @type {any} */ event) => onState(event.target.value)}
    >
      <option value="open">Open</option>
      <option value="snoozed">Snoozed</option>
      <option value="accepted">Accepted</option>
      <option value="dismissed">Dismissed</option>
      <option value="gone">Gone</option>
      <option value="">All</option>
    </select>
    <${Button} kind="quiet" onClick=${() => setShown(true)}>Detectors<//>
    <${Button} busy=${looking} disabled=${looking} onClick=${() => void look()}>Look now<//>
    ${shown ? html`<${Detectors} onClose=${() => setShown(false)} />` : null}
  </div>`;
}

/** @param {{ finding: Finding, onDecide: Decide }} props */
function FindingRow({ finding, onDecide }) {
  return html`<li class="decision">
    <div class="decision-head">
      <${State} state=${finding.severity} />
      <span class="grow"
        ><a class="plain-link" href=${addressOf('decide', ['findings', finding.id])}
          >${finding.summary}</a
        ></span
      >
      <div class="finding-sight"><${Sight} finding=${finding} /></div>
      <div class="end"><${Decisions} finding=${finding} onDecide=${onDecide} /></div>
    </div>
    <details>
      <summary>Evidence</summary>
      <${Grounds} finding=${finding} />
    </details>
  </li>`;
}
