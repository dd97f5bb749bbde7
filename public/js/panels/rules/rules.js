import { Button, Empty, Field, Loading, Problem, Tag } from '../../components/basics.js';
import { Code } from '../../components/markdown.js';
import { request } from '../../link/connection.js';
import { useNews } from '../../link/use-feed.js';
import { useResource } from '../../link/use-resource.js';
import { addressOf } from '../../shell/routes.js';
import { html, useState } from '../../view.js';

/** @typedef {import('../../../../src/lib/dashboard/protocol.ts').Answers['events.explain']} Explanation */

/** Which rule takes which event: a dry run, and the owner's own rules. */
export function RulesPanel() {
  return html`<div class="panel">
    <div class="panel-head"><h1>Rules</h1></div>
    <${DryRun} />
    <${OwnRules} />
  </div>`;
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
    <ol class="verdicts">
      ${answer.verdicts.map(
        (verdict) =>
          html`<li key=${verdict.rule}>
            <span class=${`state is-${verdict.matches ? 'green' : 'soft'}`}
              ><span class="glyph" aria-hidden="true">${verdict.matches ? '✓' : '·'}</span
              ><span class="unseen">${verdict.matches ? 'takes it' : 'passes'}</span></span
            >
            <span class="mono">${verdict.rule}</span>
            <span class="soft grow">${verdict.because ?? 'every condition holds'}</span>
          </li>`,
      )}
    </ol>`;
}

/** The rules that the owner put before the built-in ones. */
function OwnRules() {
  const { data, error, reload } = useResource('config.list', {});
  useNews('settings', reload);
  const rules = data?.find(({ key }) => key === 'router.rules')?.value;
  return html`<section class="section" aria-labelledby="own-rules">
    <div class="section-head">
      <h2 id="own-rules">Your rules</h2>
      <a class="end small" href=${addressOf('config', [], { text: 'router.rules' })}>Change them</a>
    </div>
    ${
      data === null
        ? error === null
          ? html`<${Loading} rows=${3} />`
          : html`<${Problem} problem=${error} retry=${reload} />`
        : Array.isArray(rules) && rules.length > 0
          ? html`<${Code} text=${JSON.stringify(rules, null, 2)} label="Your rules" />`
          : html`<${Empty} title="None yet"
              >The built-in rules decide: notes are remembered, what you say and what is urgent becomes a
              task, your /commands are answered at once, and the rest is kept. Yours come before them; write
              them into the setting <code>router.rules</code>.<//
            >`
    }
  </section>`;
}
