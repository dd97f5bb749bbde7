import { Button, Empty, Field, Loading, Problem, Tag } from '../../components/basics.js';
import { Confirm } from '../../components/dialog.js';
import { Time } from '../../components/time.js';
import { toast } from '../../components/toasts.js';
import { plural } from '../../format/quantity.js';
import { act } from '../../link/act.js';
import { request } from '../../link/connection.js';
import { useNews } from '../../link/use-feed.js';
import { useResource } from '../../link/use-resource.js';
import { html, useState } from '../../view.js';
import { changing } from './change.js';
import { RuleEditor } from './rule-editor.js';
import { BuiltInRow, RuleRow } from './rule-row.js';
import { downloadRules, ImportDialog } from './transfer.js';

/** @typedef {import('../../../../src/operations.ts').Answers['events.explain']} Explanation */
/** @typedef {import('../../../../src/operations.ts').Answers['rules.list']} RuleList */
/** @typedef {import('./rule-row.js').RuleView} RuleView */

/** Which rule takes which event: the owner's rules, with all that can be done about them, and a dry run of a line. */
export function RulesPanel() {
  const { data, error, reload } = useResource('rules.list', {});
  useNews('settings', reload);
  const [open, setOpen] = useState(/** @type {'new' | 'import' | RuleView | null} */ (null));
  const [question, setQuestion] = useState(/** @type {import('./change.js').Question | null} */ (null));
  const change = changing({ ask: setQuestion, reload });
  const close = () => setOpen(null);
  const answer = (/** @type {boolean} */ yes) => {
    question?.answer(yes);
    setQuestion(null);
  };
  return html`<div class="panel">
    <div class="panel-head">
      <h1>Rules</h1>
      <div class="actions end">
        <${Button} kind="quiet" onClick=${() => setOpen('import')}>Import<//>
        <${Button} kind="quiet" onClick=${() => void downloadRules()}>Export<//>
        <${Button} kind="primary" onClick=${() => setOpen('new')}>New rule<//>
      </div>
    </div>
    ${
      data === null
        ? error === null
          ? html`<${Loading} rows=${6} what="Asking for the rules" />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : html`<${Lists} list=${data} change=${change} onEdit=${setOpen} onNew=${() => setOpen('new')} />`
    }
    <section class="section" aria-labelledby="dry-run">
      <div class="section-head"><h2 id="dry-run">Where would a line go?</h2></div>
      <${DryRun} />
    </section>
    ${data === null ? null : html`<${History} />`}
    ${open === 'import' ? html`<${ImportDialog} change=${change} onClose=${close} />` : null}
    ${
      open === null || open === 'import'
        ? null
        : html`<${RuleEditor}
            rule=${open === 'new' ? null : open.rule}
            routes=${routesOf(data)}
            change=${change}
            onClose=${close}
          />`
    }
    ${
      question === null
        ? null
        : html`<${Confirm}
            title="Is that meant?"
            verb="Yes, do it"
            danger
            onConfirm=${() => answer(true)}
            onClose=${() => answer(false)}
            >${question.text}<//
          >`
    }
  </div>`;
}

/** The routes that the rules at hand know. @param {RuleList | null} list */
function routesOf(list) {
  const reflexes = (list?.rules ?? [])
    .map(({ rule }) => rule.route ?? '')
    .filter((route) => route.startsWith('reflex:'));
  return ['task', 'drop', ...[...new Set(reflexes)].sort()];
}

/** @param {{ list: RuleList, change: import('./change.js').Change, onEdit: (rule: RuleView) => void, onNew: () => void }} props */
function Lists({ list, change, onEdit, onNew }) {
  const own = list.rules.filter(({ builtIn }) => !builtIn);
  const builtIn = list.rules.filter((rule) => rule.builtIn);
  const { undo } = list;
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
          ? html`<${Empty}
              title="None yet"
              action=${html`<${Button} onClick=${onNew}>Write the first one<//>`}
              >The built-in rules decide: notes are remembered, what you say and what is urgent becomes a
              task, your /commands are answered at once, and the rest is kept. Yours come before them: they
              choose another route, let only so many through, or keep the night quiet.<//
            >`
          : html`<ol class="rule-list">
              ${own.map((rule) => html`<${RuleRow} key=${rule.name} rule=${rule} last=${own.length} ...${actsOn(rule, change, onEdit)} />`)}
            </ol>`
      }
    </section>
    <details class="built-in">
      <summary>${plural(builtIn.length, 'built-in rule')}, asked after yours</summary>
      <ol class="rule-list">
        ${builtIn.map((rule) => html`<${BuiltInRow} key=${rule.name} rule=${rule} />`)}
      </ol>
    </details>`;
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

/** The changes of the rules; any of them can be brought back. */
function History() {
  const { data } = useResource('rules.history', { limit: 20 }, 'rules.list');
  const items = data?.items ?? [];
  if (items.length === 0) return null;
  return html`<details class="rule-history">
    <summary>The last ${plural(items.length, 'change')}</summary>
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

const example = 'LOW|cron:disk||metric|91%';

/** Says what would become of a line, without sending it. */
function DryRun() {
  const [line, setLine] = useState(example);
  const [answer, setAnswer] = useState(/** @type {Explanation | null} */ (null));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const run = (/** @type {Event} */ event) => {
    event.preventDefault();
    setProblem(null);
    request('events.explain', { line }).then(setAnswer, (/** @type {Error} */ thrown) =>
      setProblem(thrown.message),
    );
  };
  return html`<section class="dry-run" aria-label="Dry run">
    <form onSubmit=${run}>
      <${Field} id="line" label="A line, as it would be written into the pipe" problem=${problem}>
        <input
          id="line"
          type="text"
          class="mono"
          data-search
          spellcheck="false"
          value=${line}
          onInput=${(/** @type {any} */ event) => setLine(event.target.value)}
        />
      <//>
      <${Button} type="submit" kind="primary" disabled=${line === ''}>Try it<//>
    </form>
    <div role="status">
      ${answer === null ? html`<p class="soft">Tells which rule would take the line and why the ones before it would not. Nothing is sent.</p>` : html`<${Verdict} answer=${answer} />`}
    </div>
  </section>`;
}

/** @param {{ answer: Explanation }} props */
function Verdict({ answer }) {
  if (!answer.accepted)
    return html`<p>
      <span class="state is-pink"><span class="glyph" aria-hidden="true">✕</span>refused</span>
      ${answer.reason}
    </p>`;
  return html`<p>Rule <b>${answer.rule}</b> takes it: <${Tag} tone="cyan">${answer.route}<//></p>
    ${answer.lowered ? html`<p class="state is-orange">It claims HUMAN, which ${answer.source} may not: it would come as URGENT.</p>` : null}
    ${(answer.does ?? []).map((one) => html`<p key=${one} class="soft">${one}</p>`)}
    <ol class="verdicts">
      ${answer.verdicts.map(
        (verdict) =>
          html`<li key=${verdict.rule}>
            <span class=${`state is-${verdict.matches ? 'green' : 'soft'}`}
              ><span class="glyph" aria-hidden="true">${verdict.matches ? '✓' : '·'}</span
              ><span class="unseen">${verdict.matches ? 'takes it' : 'passes'}</span></span
            >
            <span class="mono">${verdict.rule}</span>
            <span class="soft grow"
              >${verdict.because ?? (verdict.route === undefined ? 'every condition holds; it goes on to the next rules' : 'every condition holds')}</span
            >
          </li>`,
      )}
    </ol>`;
}
