import { Button, State } from '../../components/basics.js';
import { Sparkline } from '../../components/sparkline.js';
import { Time } from '../../components/time.js';
import { useShown } from '../../components/use-shown.js';
import { count, plural } from '../../format/quantity.js';
import { html } from '../../view.js';

/** @typedef {import('../../../../src/operations.ts').Answers['rule.get']} RuleView */
/**
 * How a rule is looked at: the address may lead to it, and a dry run may have asked it.
 * @typedef {{ isChosen: boolean, isTried?: boolean, verdict?: import('./rule-table.js').Verdicts[number] }} Seen
 */

/**
 * A rule of the owner's with what can be done about it.
 * @param {{ rule: RuleView, last: number, onEdit: () => void, onMove: (place: number) => void,
 *   onEnable: (enabled: boolean) => void, onRemove: () => void, onRelease: () => void } & Seen} props
 */
export function RuleRow({ rule, last, onEdit, onMove, onEnable, onRemove, onRelease, ...seen }) {
  const { name, place, enabled, holding } = rule;
  const at = place ?? 0;
  const row = useShown(seen.isChosen);
  return html`<li ref=${row} tabindex="-1" class=${`rule-row${enabled ? '' : ' is-off'}${classOf(seen)}`}>
    <span class="rule-place mono soft" title="Place">${at}</span>
    <div class="rule-main">
      <div class="rule-head">
        <b class="mono">${name}</b>
        ${enabled ? null : html`<${State} state="off" word="off" />`}
        ${rule.rule.about === undefined ? null : html`<span class="soft">${rule.rule.about}</span>`}
      </div>
      <${RuleWords} rule=${rule} /><${Verdict} ...${seen} />
      ${rule.warnings.map((warning) => html`<p key=${warning} class="state is-orange rule-danger"><span class="glyph" aria-hidden="true">!</span>${warning}</p>`)}
      ${
        holding === null
          ? null
          : html`<p class="rule-holding">
              <span class="state is-yellow"
                ><span class="glyph" aria-hidden="true">◷</span>holds ${plural(holding.count, 'task')}</span
              >
              <span class="soft">to go on <${Time} at=${holding.until} /></span>
              <${Button} kind="quiet" onClick=${onRelease}>Let them go on now<//>
            </p>`
      }
    </div>
    <${Hits} rule=${rule} />
    <div class="rule-acts">
      <${Button}
        kind="quiet"
        label=${`Ask ${name} earlier`}
        title="Ask it earlier"
        disabled=${at <= 1}
        onClick=${() => onMove(at - 1)}
        >↑<//
      >
      <${Button}
        kind="quiet"
        label=${`Ask ${name} later`}
        title="Ask it later"
        disabled=${at >= last}
        onClick=${() => onMove(at + 1)}
        >↓<//
      >
      <${Button}
        kind="quiet"
        label=${`Switch ${enabled ? 'off' : 'on'} ${name}`}
        onClick=${() => onEnable(!enabled)}
        >${enabled ? 'Switch off' : 'Switch on'}<//
      >
      <${Button} kind="quiet" label=${`Edit ${name}`} onClick=${onEdit}>Edit<//>
      <${Button} kind="quiet" label=${`Remove ${name}`} onClick=${onRemove}>Remove<//>
    </div>
  </li>`;
}

/** A built-in rule, which stays as it is. @param {{ rule: RuleView } & Seen} props */
export function BuiltInRow({ rule, ...seen }) {
  const row = useShown(seen.isChosen);
  return html`<li ref=${row} tabindex="-1" class=${`rule-row is-built-in${classOf(seen)}`}>
    <div class="rule-main">
      <b class="mono">${rule.name}</b>
      <div><${RuleWords} rule=${rule} /><${Verdict} ...${seen} /></div>
    </div>
    <${Hits} rule=${rule} />
  </li>`;
}

/** @param {Seen} seen */
function classOf({ isChosen, isTried = false, verdict }) {
  const tried = !isTried ? '' : verdict?.matches === true ? ' is-hit' : ' is-passed';
  return `${isChosen ? ' is-chosen' : ''}${tried}`;
}

/** What the rule thought of the line that was tried. @param {Seen} seen */
function Verdict({ isTried = false, verdict }) {
  if (!isTried) return null;
  if (verdict === undefined) return html`<p class="rule-verdict soft small">not asked any more</p>`;
  const { matches, route, because } = verdict;
  if (!matches) return html`<p class="rule-verdict soft small">${because ?? 'does not fit'}</p>`;
  return html`<p class="rule-verdict small">
    <span class="state is-cyan"
      ><span class="glyph" aria-hidden="true">◆</span
      >${route === undefined ? 'fits, and the line goes on' : 'takes it'}</span
    >
  </p>`;
}

/** @param {{ rule: RuleView }} props */
function RuleWords({ rule: { when, does } }) {
  return html`<p class="rule-words">
    <span class="rule-when soft">${when}</span>
    <span class="rule-does"><span aria-hidden="true">→ </span>${does}</span>
  </p>`;
}

/** @param {{ rule: RuleView }} props */
function Hits({ rule: { hits } }) {
  const said = [
    ...(hits.throttled > 0 ? [`${count(hits.throttled)} over`] : []),
    ...(hits.held > 0 ? [`${count(hits.held)} held`] : []),
    ...(hits.lowered > 0 ? [`${count(hits.lowered)} lowered`] : []),
  ];
  if (hits.taken === 0) return html`<div class="rule-hits soft small">took nothing yet</div>`;
  return html`<div class="rule-hits small">
    <${Sparkline} values=${hits.days} width=${84} height=${20} />
    <span>
      <b class="mono" title="of the days that are kept">${count(hits.taken)}</b>
      taken${said.length === 0 ? null : html`<span class="soft">, ${said.join(', ')}</span>`}
      <br />
      <span class="soft">${count(hits.today)} today, last <${Time} at=${hits.lastAt} /></span>
    </span>
  </div>`;
}
