import { Code } from '../../components/markdown.js';
import { duration } from '../../format/duration.js';
import { html } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['sensor.try']} Trial */

/** What a look found and would have written. @param {{ trial: Trial }} props */
export function TrialResult({ trial }) {
  const unknown = trial.findings.filter(({ level }) => level === 'unknown');
  const words = [
    trial.lines.length === 0
      ? 'It would write nothing'
      : `It would write ${trial.lines.length === 1 ? 'a line' : `${trial.lines.length} lines`}`,
    `, after ${duration(trial.tookMs)}.`,
    ...(trial.reason === null ? [] : [` ${trial.reason}.`]),
    ...unknown.map((finding) => ` ${finding.subject || trial.name} is unknown: ${finding.unknown ?? ''}.`),
  ];
  return html`<div class="sensor-more small" role="status">
    <p>${words.join('')}</p>
    ${trial.lines.length === 0 ? null : html`<${Code} text=${trial.lines.join('\n')} label=${`What ${trial.name} would write`} />`}
  </div>`;
}
