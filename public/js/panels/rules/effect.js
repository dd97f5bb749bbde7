import { Time } from '../../components/time.js';
import { count, plural } from '../../format/quantity.js';
import { html } from '../../view.js';
import { routeWords } from './routes.js';

/** @typedef {import('../../../../src/operations.ts').Answers['rules.try']} Tried */
/** @typedef {NonNullable<import('../../../../src/operations.ts').Answers['rule.add']['effect']>} Effect */

/**
 * What a rule, or a change, would have done to the latest events.
 * @param {{ effect: Effect, routes: import('./routes.js').Routes }} props
 */
export function EffectView({ effect, routes }) {
  const { looked, rule, changed, since } = effect;
  if (looked === 0) return html`<p class="soft">No event has come yet, so there is nothing to try it on.</p>`;
  return html`<div class="effect">
    <p>
      Of the last ${plural(looked, 'event')}${since === null ? null : html`, since <${Time} at=${since} />,`}
      <b> ${count(rule === null ? changed : rule.taken)}</b>
      ${rule === null ? 'would have become something else.' : 'would have been taken.'}
    </p>
    ${rule === null ? null : html`<${RuleEffect} rule=${rule} routes=${routes} />`}
    ${
      effect.examples.length === 0
        ? null
        : html`<ul class="effect-examples">
            ${effect.examples.map((example) => html`<${Example} key=${example.id} example=${example} routes=${routes} />`)}
          </ul>`
    }
  </div>`;
}

/** @param {{ rule: NonNullable<Effect['rule']>, routes: import('./routes.js').Routes }} props */
function RuleEffect({ rule, routes }) {
  const said = [
    ...(rule.matched > rule.taken
      ? [`${count(rule.matched - rule.taken)} more fit, and a rule before it takes them`]
      : []),
    ...(rule.throttled > 0 ? [`${count(rule.throttled)} would have been one too many, and dropped`] : []),
    ...(rule.held > 0 ? [`${count(rule.held)} would have waited for the end of its quiet hours`] : []),
    ...(rule.lowered > 0 ? [`${count(rule.lowered)} would have been lowered in its quiet hours`] : []),
    ...rule.today.map(
      (one) => `${count(one.count)} are taken by ${one.rule} today: each ${routeWords(routes, one.route)}`,
    ),
  ];
  return said.length === 0
    ? null
    : html`<ul class="soft small">
        ${said.map((line) => html`<li key=${line}>${line}</li>`)}
      </ul>`;
}

/** @param {{ example: Effect['examples'][number], routes: import('./routes.js').Routes }} props */
function Example({ example, routes }) {
  const { receivedAt, priority, source, category, text, today, then, reason } = example;
  return html`<li>
    <span class="soft small"
      ><${Time} at=${receivedAt} /> · ${priority} · <span class="mono">${source}</span> ·
      <span class="mono">${category}</span></span
    >
    <span class="effect-text">${text}</span>
    <span class="small"
      >${routeWords(routes, today.route)} by <span class="mono">${today.rule}</span> →
      <b>${routeWords(routes, then.route)}</b> by
      <span class="mono">${then.rule}</span>${reason === null ? null : html` · ${reason}`}</span
    >
  </li>`;
}
