import { Button } from '../../components/basics.js';
import { toast } from '../../components/toasts.js';
import { plural } from '../../format/quantity.js';
import { act } from '../../link/act.js';
import { html } from '../../view.js';
import { BuiltInRow, RuleRow } from './rule-row.js';

/** @typedef {import('./rules.js').RuleList} RuleList */
/** @typedef {import('./rules.js').RuleView} RuleView */
/** @typedef {(import('./rules.js').Explanation & { accepted: true })['verdicts']} Verdicts */

/**
 * All rules in the order in which they are asked, the owner's first.
 * @param {{ list: RuleList, change: import('./change.js').Change, verdicts: Verdicts | null, chosen: string | null,
 *   onEdit: (rule: RuleView) => void, onNew: () => void }} props `verdicts`: of a dry run; `chosen`: the rule that the
 *   address leads to
 */
export function RuleTable({ list, change, verdicts, chosen, onEdit, onNew }) {
  const own = list.rules.filter(({ builtIn }) => !builtIn);
  const builtIn = list.rules.filter((rule) => rule.builtIn);
  const { undo } = list;
  const seen = (/** @type {RuleView} */ { name }) => ({
    isChosen: name === chosen,
    ...(verdicts !== null && {
      isTried: true,
      verdict: verdicts.find(({ rule }) => rule === name),
    }),
  });
  return html`<section class="section" aria-labelledby="own-rules">
      <div class="section-head">
        <h2 id="own-rules">Your rules</h2>
        <span class="soft small">asked first, from the top</span>
        ${
          undo === null
            ? null
            : html`<span class="end rule-undo"
                ><span class="soft small">${undo.summary}</span
                ><${Button}
                  kind="quiet"
                  title=${`Undo: ${undo.summary}`}
                  onClick=${() => void told(change('rules.undo', { base: list.version }))}
                  >Undo<//
                ></span
              >`
        }
      </div>
      ${
        own.length === 0
          ? html`<p class="soft prose rule-none">
              <b>None yet.</b> The built-in rules below decide. One of yours comes before them: it leads
              events elsewhere, lets only so many through, or keeps the night quiet.
              <${Button} kind="quiet" onClick=${onNew}>Write the first one<//>
            </p>`
          : html`<ol class="rule-list">
              ${own.map((rule) => html`<${RuleRow} key=${rule.name} rule=${rule} last=${own.length} ...${seen(rule)} ...${actsOn(rule, change, onEdit)} />`)}
            </ol>`
      }
    </section>
    <section class="section" aria-labelledby="built-in-rules">
      <div class="section-head">
        <h2 id="built-in-rules">Built-in rules</h2>
        <span class="soft small">asked after yours, as they stand</span>
      </div>
      <ol class="rule-list">
        ${builtIn.map((rule) => html`<${BuiltInRow} key=${rule.name} rule=${rule} ...${seen(rule)} />`)}
      </ol>
    </section>`;
}

/** @param {RuleView} rule @param {import('./change.js').Change} change @param {(rule: RuleView) => void} onEdit */
function actsOn(rule, change, onEdit) {
  const { name } = rule;
  return {
    onEdit: () => onEdit(rule),
    onMove: (/** @type {number} */ place) => void told(change('rule.move', { name, place })),
    onEnable: (/** @type {boolean} */ enabled) => void told(change('rule.enable', { name, enabled })),
    onRemove: () => void told(change('rule.remove', { name })),
    onRelease: () =>
      void act(
        'rule.release',
        { name },
        { says: ({ released }) => `${plural(released, 'task')} may go on.` },
      ),
  };
}

/** A refusal outside of a form is said at the edge of the page. @param {Promise<string | null>} changed */
async function told(changed) {
  const refused = await changed;
  if (refused !== null) toast(refused, { tone: 'pink' });
}
