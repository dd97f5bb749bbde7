import { Button, Field } from '../../components/basics.js';
import { request } from '../../link/connection.js';
import { addressOf } from '../../shell/routes.js';
import { html, useState } from '../../view.js';
import { routeTone, routeWords } from './routes.js';

/** @typedef {import('./rules.js').Explanation} Explanation */
/** @typedef {import('./rules.js').RuleList['routes']} Routes */

const example = 'LOW|cron:disk||metric|91%';

/**
 * Says what would become of a line, without sending it; the table below lights the rule that takes it.
 * @param {{ answer: Explanation | null, onAnswer: (answer: Explanation | null) => void, routes: Routes,
 *   onLike: (line: Explanation & { accepted: true }) => void }} props
 */
export function DryRun({ answer, onAnswer, routes, onLike }) {
  const [line, setLine] = useState(example);
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const run = (/** @type {Event} */ event) => {
    event.preventDefault();
    setProblem(null);
    request('events.explain', { line }).then(onAnswer, (/** @type {Error} */ thrown) =>
      setProblem(thrown.message),
    );
  };
  return html`<section class="dry-run" aria-labelledby="dry-run">
    <form onSubmit=${run}>
      <${Field}
        id="line"
        label="A line, as it would be written into the pipe: where would it go? Nothing is sent."
        problem=${problem}
      >
        <input
          id="line"
          type="text"
          class="mono"
          data-search
          spellcheck="false"
          autocomplete="off"
          value=${line}
          onInput=${(/** @type {any} */ event) => {
            setLine(event.target.value);
            onAnswer(null);
          }}
        />
      <//>
      <${Button} type="submit" disabled=${line.trim() === ''}>Try it<//>
    </form>
    <div role="status">
      ${answer === null ? null : html`<${Verdict} answer=${answer} routes=${routes} onLike=${onLike} onClear=${() => onAnswer(null)} />`}
    </div>
  </section>`;
}

/**
 * @param {{ answer: Explanation, routes: Routes, onLike: (line: Explanation & { accepted: true }) => void,
 *   onClear: () => void }} props
 */
function Verdict({ answer, routes, onLike, onClear }) {
  if (!answer.accepted)
    return html`<div class="verdict is-pink">
      <p>
        <span class="state is-pink"><span class="glyph" aria-hidden="true">✕</span>not understood</span>
        ${answer.reason}
      </p>
    </div>`;
  const { lowered, source, rule, route, does = [] } = answer;
  return html`<div class=${`verdict is-${routeTone(route)}`}>
    <div class="grow">
      <p>
        It <b class=${`state is-${routeTone(route)}`}>${routeWords(routes, route)}</b>, by the rule
        <a class="mono" href=${addressOf('rules', [rule])}>${rule}</a>.
      </p>
      ${lowered ? html`<p class="small state is-orange">It claims HUMAN, which ${source} may not: it would come as URGENT.</p>` : null}
      ${does.map((one) => html`<p key=${one} class="small soft">${one}</p>`)}
    </div>
    <div class="actions">
      <${Button} onClick=${() => onLike(answer)}>Add a rule like this<//>
      <${Button} kind="quiet" label="Close the verdict" onClick=${onClear}>✕<//>
    </div>
  </div>`;
}
