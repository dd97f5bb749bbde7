import { Button, Loading, Problem, State, Tag } from '../../components/basics.js';
import { Code, Markdown } from '../../components/markdown.js';
import { Time } from '../../components/time.js';
import { bytes, count, money, percent, plural } from '../../format/quantity.js';
import { duration } from '../../format/duration.js';
import { act } from '../../link/act.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { html, useState } from '../../view.js';
import { ReasonField } from '../../components/reason-field.js';
import { Snooze } from './snooze.js';
import { Evidence } from './evidence.js';

/** @typedef {import('../../../../src/operations.ts').Answers['finding.get']} Finding */
/** @typedef {'accept' | 'dismiss' | 'snooze' | 'reopen'} Decision */
/** @typedef {(finding: Finding, decision: Decision, more?: { reason?: string, until?: string }) => Promise<void>} Decide */

/** What each decision is called once it is done. */
export const decided = /** @type {const} */ ({
  accept: 'accepted',
  dismiss: 'dismissed',
  snooze: 'snoozed',
  reopen: 'open',
});

const said = {
  accept: 'It is a wish now.',
  dismiss: 'Dismissed: it comes back only with new evidence.',
  snooze: 'Snoozed.',
  reopen: 'It waits for you again.',
};

/**
 * Decides a finding, says what became of it and offers the way back.
 * @param {Finding} finding @param {Decision} decision @param {{ reason?: string, until?: string }} more
 * @param {() => void} reload what is shown is another one now
 */
export async function decideFinding({ id }, decision, more, reload) {
  const back = async () => {
    await act('finding.decide', { id, decision: 'reopen' }, { says: said.reopen });
    reload();
  };
  /** @type {import('../../link/act.js').ActOptions<'finding.decide'>} */
  const options = {
    says: said[decision],
    undo: reload,
    ...(decision !== 'reopen' && { action: { label: 'Undo', run: () => void back() } }),
  };
  await act('finding.decide', { id, decision, ...more }, options);
}

/**
 * One finding beside the list: its numbers, what backs it, and what can be done.
 * @param {{ id: number }} props
 */
export function FindingPage({ id }) {
  const { data, error, reload, update } = useResource('finding.get', { id }, 'findings.list');
  const decide = /** @type {Decide} */ (
    async (finding, decision, more = {}) => {
      update((before) => ({ ...before, state: decided[decision] }));
      await decideFinding(finding, decision, more, reload);
      reload();
    }
  );
  return html`<section class="panel split-detail" aria-label=${`Finding ${id}`}>
    <div class="panel-head">
      <a class="button button-quiet" href=${addressOf('decide', ['findings'])} aria-label="Close the finding"
        >✕</a
      >
      <h1>Finding ${id}</h1>
      ${data === null ? null : html`<${State} state=${data.severity} />`}
      ${data === null ? null : html`<div class="end"><${Decisions} finding=${data} onDecide=${decide} asksWhy /></div>`}
    </div>
    ${
      data !== null
        ? html`<p>${data.summary}</p>
            <${Sight} finding=${data} />
            <${Grounds} finding=${data} />`
        : error === null
          ? html`<${Loading} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
    }
  </section>`;
}

/**
 * Buttons where it waits, else what it is.
 * @param {{ finding: Finding, onDecide: Decide, asksWhy?: boolean }} props `asksWhy`: there is room for the reason
 */
export function Decisions({ finding, onDecide, asksWhy = false }) {
  const [snoozing, setSnoozing] = useState(false);
  const [reason, setReason] = useState('');
  const dismiss = () => {
    const why = reason.trim();
    setReason('');
    void onDecide(finding, 'dismiss', why === '' ? {} : { reason: why });
  };
  const { state } = finding;
  const takeBack = html`<${State} state=${state} /><${Button}
      kind="quiet"
      onClick=${() => void onDecide(finding, 'reopen')}
      >Take it back<//
    >`;
  if (state === 'dismissed' || state === 'accepted') return takeBack;
  if (state !== 'open' && state !== 'snoozed') return html`<${State} state=${state} />`;
  return html`${state === 'snoozed' ? takeBack : html`<${Button} kind="quiet" onClick=${() => setSnoozing(true)}>Snooze<//>`}
    ${asksWhy ? html`<${ReasonField} reason=${reason} onReason=${setReason} says="Kept with the finding and in the log" />` : null}
    <${Button}
      kind=${asksWhy ? 'plain' : 'quiet'}
      title="It comes back only with new evidence. Three dismissals rest its detector, until what it finds weighs twice as much."
      onClick=${dismiss}
      >Dismiss<//
    >
    <${Button} kind=${asksWhy ? 'primary' : 'plain'} onClick=${() => void onDecide(finding, 'accept')}
      >Make it a wish<//
    >
    ${
      snoozing
        ? html`<${Snooze}
            onClose=${() => setSnoozing(false)}
            onConfirm=${(/** @type {string} */ until) => void onDecide(finding, 'snooze', { until })}
          />`
        : null
    }`;
}

/** When and how often it was seen, and what became of it. @param {{ finding: Finding }} props */
export function Sight({ finding }) {
  const { kind, seenCount, firstSeenAt, lastSeenAt, reopened, snoozedUntil, reason, wishId, goneAt } =
    finding;
  return html`<p class="soft small">
    <${Tag}>${kind.replaceAll('_', ' ')}<//> seen ${plural(seenCount, 'time')}, last
    <${Time} at=${lastSeenAt} />${
      seenCount > 1 ? html`, first <${Time} at=${firstSeenAt} />` : null
    }${reopened > 0 ? `, came back ${plural(reopened, 'time')}` : ''}${
      snoozedUntil === null ? null : html`, snoozed until <${Time} at=${snoozedUntil} />`
    }${goneAt === null ? null : html`, not measured any more since <${Time} at=${goneAt} />`}${
      wishId === null
        ? null
        : html`, became <a href=${addressOf('decide', ['wishes', wishId])}>wish ${wishId}</a>`
    }${reason === null ? '' : ` — ${reason}`}
  </p>`;
}

/** Figures, evidence and remedy. @param {{ finding: Finding }} props */
export function Grounds({ finding }) {
  const { figures, evidence, remedy, measured } = finding;
  return html`${
    figures.length === 0
      ? null
      : html`<dl class="facts finding-figures">
          ${figures.map(({ name, value, usual, unit }) => [
            html`<dt>${name}</dt>`,
            html`<dd>
              ${figure(value, unit)}${usual === undefined ? null : html` <span class="soft">usually ${figure(usual, unit)}</span>`}
            </dd>`,
          ])}
        </dl>`
  }
  ${evidence.length === 0 ? null : html`<${Evidence} pieces=${evidence} />`}
  ${measured === null ? null : html`<${Code} text=${JSON.stringify(measured, null, 2) ?? 'none'} label="Evidence" />`}
  ${remedy === '' ? null : html`<div class="finding-remedy"><${Markdown} text=${remedy} /></div>`}`;
}

/** @param {number} value @param {string} unit */
function figure(value, unit) {
  if (unit === 'share') return percent(value);
  if (unit === 'ms') return duration(value);
  if (unit === 'usd') return money(value);
  if (unit === 'usd a day') return `${money(value)} a day`;
  if (unit === 'bytes') return bytes(value);
  return unit === 'count' ? count(value) : `${count(value)} ${unit}`;
}
