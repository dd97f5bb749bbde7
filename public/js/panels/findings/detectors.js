import { Button, Loading, Problem, State } from '../../components/basics.js';
import { Dialog } from '../../components/dialog.js';
import { Time } from '../../components/time.js';
import { short } from '../../format/quantity.js';
import { useResource } from '../../link/use-resource.js';
import { html } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['findings.detectors'][number]} Detector */

/** What looks each night, from which numbers on, and which of them rest. @param {{ onClose: () => void }} props */
export function Detectors({ onClose }) {
  const { data, error, reload } = useResource('findings.detectors', {}, 'findings.list');
  return html`<${Dialog} title="Detectors" wide onClose=${onClose}>
    ${
      data !== null
        ? html`<ul class="detectors">
              ${data.map((detector) => html`<${DetectorRow} key=${detector.kind} detector=${detector} />`)}
            </ul>
            <div class="actions is-end"><${Button} onClick=${onClose}>Close<//></div>`
        : error === null
          ? html`<${Loading} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
    }
  <//>`;
}

/** @param {{ detector: Detector }} props */
function DetectorRow({ detector }) {
  const { kind, says, state, thresholds, lookedAt, problem, restsUntil, held } = detector;
  return html`<li>
    <div class="decision-head">
      <b>${kind.replaceAll('_', ' ')}</b>
      <${State} state=${state === 'looking' ? 'ok' : state} word=${state} />
      <span class="end soft small"
        >${lookedAt === null ? 'has not looked yet' : html`looked <${Time} at=${lookedAt} />`}</span
      >
    </div>
    <p>${says}</p>
    ${problem === null ? null : html`<p class="problem-line">${problem}</p>`}
    ${
      restsUntil === null
        ? null
        : html`<p class="soft small">
            You dismissed three: it rests until something weighs
            ${short(restsUntil)}${held > 0 ? `; it keeps ${held} back` : ''}.
          </p>`
    }
    <ul class="soft small">
      ${thresholds.map(
        ({ name, value, usual, says: what }) =>
          html`<li key=${name}>
            ${name} <b>${short(value)}</b>${value === usual ? '' : ` (usually ${short(usual)})`}: ${what}
          </li>`,
      )}
    </ul>
  </li>`;
}
